import { quote } from "@sightline/gotext/quote";
import type { EVENT_FIELDS, EventView } from "@sightline/query/condition/fields";
import { formatDuration } from "@sightline/query/promql/durations";
import type { TimedEvent } from "../evaluate/observe-events.ts";
import { createMapReader, type MapReader } from "../yaml/map-reader.ts";
import { createProblems, type Problem } from "../yaml/problem.ts";
import { readYaml, type YamlNode } from "../yaml/yaml-text.ts";
import type { AlertTest, ExpressionTest, QueryAnswer, UnitTest, UnitTestFile } from "./unit-test-file.ts";

export interface ParsedUnitTests {
  /** To be used only when there are no problems. */
  readonly file: UnitTestFile;
  readonly problems: readonly Problem[];
}

const defaultIntervalMs = 60_000;

/** Reads a file of unit tests as promtool does: fields that it does not know are refused. */
export function parseUnitTestFile(text: string): ParsedUnitTests {
  const problems = createProblems();
  const { root } = readYaml(text, problems);
  const reader = createMapReader(
    root ?? { kind: "null", place: { line: 1, column: 1 } },
    "a file of unit tests",
    problems,
  );
  const evaluationIntervalMs = reader.durationMs("evaluation_interval") || defaultIntervalMs;
  const groupEvalOrder = reader.texts("group_eval_order") ?? [];
  const repeated = groupEvalOrder.find((name, at) => groupEvalOrder.indexOf(name) < at);
  if (repeated !== undefined) reader.refuse("group_eval_order", `group name repeated in evaluation order: ${repeated}`);
  const file: UnitTestFile = {
    ruleFiles: reader.texts("rule_files") ?? [],
    evaluationIntervalMs,
    groupEvalOrder,
    fuzzyCompare: reader.truth("fuzzy_compare") ?? false,
    tests: reader.maps("tests", "a test")?.map((test, at) => readTest(test, at, evaluationIntervalMs)) ?? [],
  };
  reader.finish();
  return { file, problems: problems.found };
}

function readTest(reader: MapReader, at: number, evaluationIntervalMs: number): UnitTest {
  const own = reader.map("sightline");
  const given = reader.text("name") ?? "";
  const test: UnitTest = {
    name: given === "" ? `unnamed#${at}` : given,
    intervalMs: reader.durationMs("interval") || evaluationIntervalMs,
    startMs: readStart(reader),
    inputSeries:
      reader.maps("input_series", "one of input_series")?.map((series) => readFields(series, readSeries)) ?? [],
    alertTests:
      reader
        .maps("alert_rule_test", "one of alert_rule_test")
        ?.map((one) => readFields(one, (fields) => readAlertTest(fields, given))) ?? [],
    expressionTests:
      reader.maps("promql_expr_test", "one of promql_expr_test")?.map((one) => readFields(one, readExpressionTest)) ??
      [],
    externalLabels: reader.labels("external_labels") ?? {},
    externalUrl: reader.text("external_url") ?? "",
    events: own?.maps("events", "an event")?.flatMap((event) => readFields(event, readEvents)) ?? [],
    answers: own?.maps("answers", "an answer")?.map((one) => readFields(one, readAnswer)) ?? [],
  };
  own?.finish();
  reader.finish();
  return test;
}

/** Reads a map to its end. */
function readFields<Value>(reader: MapReader, read: (reader: MapReader) => Value): Value {
  const value = read(reader);
  reader.finish();
  return value;
}

/** Seconds since the Unix epoch, or a date. */
function readStart(reader: MapReader): number {
  const text = reader.text("start_timestamp");
  if (text === undefined) return 0;
  const seconds = /^[+-]?\d+(?:\.\d+)?(?:e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = Number.isNaN(seconds) && isDate ? Date.parse(text) : Math.round(seconds * 1000);
  if (Number.isNaN(ms)) reader.refuse("start_timestamp", `cannot parse ${quote(text)} to a valid timestamp`);
  return Number.isNaN(ms) ? 0 : ms;
}

function readSeries(reader: MapReader) {
  return { series: reader.text("series") ?? "", values: reader.text("values") ?? "" };
}

function readAlertTest(reader: MapReader, testName: string): AlertTest {
  const evalTimeMs = reader.durationMs("eval_time") ?? 0;
  const alertName = reader.text("alertname") ?? "";
  if (alertName === "") {
    const where = testName === "" ? "" : ` (in TestGroup ${testName})`;
    const problem = "an item under alert_rule_test misses required attribute alertname";
    reader.refuse("alertname", `${problem} at eval_time ${formatDuration(evalTimeMs)}${where}`);
  }
  const expected = reader.maps("exp_alerts", "an alert")?.map((alert) =>
    readFields(alert, (fields) => ({
      labels: { ...fields.labels("exp_labels"), alertname: alertName },
      annotations: fields.labels("exp_annotations") ?? {},
    })),
  );
  return { evalTimeMs, alertName, expected: expected ?? [] };
}

function readExpressionTest(reader: MapReader): ExpressionTest {
  const expected = reader.maps("exp_samples", "a sample")?.map((sample) =>
    readFields(sample, (fields) => ({
      labels: fields.text("labels") ?? "",
      value: fields.number("value") ?? 0,
      histogram: fields.text("histogram") ?? "",
    })),
  );
  return {
    expression: reader.text("expr") ?? "",
    evalTimeMs: reader.durationMs("eval_time") ?? 0,
    expected: expected ?? [],
  };
}

/** Reads `{ logql: <query>, series: …, values: … }`. */
function readAnswer(reader: MapReader): QueryAnswer {
  const logql = reader.text("logql");
  const traceql = reader.text("traceql");
  if ((logql === undefined) === (traceql === undefined))
    reader.refuse("logql", "answers: want one of logql and traceql");
  return { language: logql === undefined ? "traceql" : "logql", query: logql ?? traceql ?? "", ...readSeries(reader) };
}

/** Reads an event: `{ at: 1m, times: 3, every: 30s, event_type: …, details: {…} }`. */
function readEvents(reader: MapReader): readonly TimedEvent[] {
  const atMs = reader.durationMs("at") ?? 0;
  const times = Math.min(reader.count("times") ?? 1, 10_000);
  const everyMs = reader.durationMs("every") ?? 0;
  const view = eventView(reader);
  return Array.from({ length: Math.max(times, 0) }, (_, i) => {
    const ms = atMs + i * everyMs;
    return { atMs: ms, seenAtMs: ms, view };
  });
}

function eventView(reader: MapReader): EventView {
  const value = (name: keyof typeof EVENT_FIELDS) => meaningOf(reader.node(name));
  return {
    event_id: value("event_id"),
    event_type: value("event_type"),
    severity: value("severity"),
    source: value("source"),
    target: value("target"),
    category: value("category"),
    title: value("title"),
    description: value("description"),
    health_score: value("health_score"),
    details: value("details") ?? {},
    labels: value("labels") ?? {},
    metadata: value("metadata"),
    resource_usage: value("resource_usage"),
  };
}

/** What YAML means: plain texts may be numbers, true or false. */
function meaningOf(node: YamlNode | undefined): unknown {
  if (node === undefined || node.kind === "null") return null;
  if (node.kind === "list") return node.items.map(meaningOf);
  if (node.kind === "map") return Object.fromEntries(node.entries.map(({ key, value }) => [key, meaningOf(value)]));
  const { text, isPlain } = node;
  if (!isPlain) return text;
  if (text === "true" || text === "false") return text === "true";
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}
