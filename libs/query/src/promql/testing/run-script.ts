import assert from "node:assert/strict";
import { formatShort } from "@sightline/gotext/format-float";
import { compilePattern } from "@sightline/regex/pattern";
import { createEngine, type EngineOptions, type Query, readQuery } from "../engine.ts";
import { areAlike } from "../histogram/compare.ts";
import { formatHistogram } from "../histogram/format.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { compareLabels, formatLabels, keyOf } from "../labels.ts";
import { createMemorySource, type MemorySource } from "../memory-source.ts";
import type { FloatPoints, QueryResult, Point as ResultPoint, ResultSeries } from "../result.ts";
import type { Point } from "../series-notation.ts";
import { asksForTimes, fixedAt } from "./at-modifier.ts";
import { customBucketSeries } from "./custom-buckets.ts";
import { type Command, type Evaluate, type ExpectedSeries, type Load, parseScript } from "./script.ts";

/** A case of a script: a query with what it is to come to. */
export interface ScriptCase {
  readonly name: string;
  run(): Promise<void>;
}

export interface ScriptOptions extends EngineOptions {
  /** Whether it is known when histograms' counters began. Default: false, as in Prometheus' own runner. */
  readonly histogramStartTimes?: boolean;
}

/**
 * The cases of a test in Prometheus' promqltest language, which have to be run in their order. Each instant query is asked again with `@`
 * at other times, and as a range query.
 */
export function scriptCases(script: string, options: ScriptOptions): readonly ScriptCase[] {
  const source = createMemorySource(options);
  let pending: Command[] = [];
  const cases: ScriptCase[] = [];
  for (const command of parseScript(script)) {
    if (command.kind !== "eval") {
      pending.push(command);
      continue;
    }
    const before = pending;
    pending = [];
    cases.push({
      name: `line ${command.line}: ${command.query}`,
      async run() {
        for (const one of before) prepare(source, one);
        await runCase(command, { source, options });
      },
    });
  }
  return cases;
}

function prepare(source: MemorySource, command: Command): void {
  if (command.kind === "clear") source.clear();
  if (command.kind === "load") load(source, command);
}

function load(source: MemorySource, command: Load): void {
  for (const { labels, points, isStartTimes } of command.series) {
    points.forEach((point, i) => {
      const ms = i * command.stepMs;
      if (!isStartTimes) source.put(labels, ms, point);
      else if (typeof point === "number") source.putStart(labels, ms, ms + point);
    });
  }
  if (!command.withCustomBuckets) return;
  for (const { labels, points } of customBucketSeries(command)) {
    points.forEach((point, i) => {
      source.put(labels, i * command.stepMs, point);
    });
  }
}

interface Running {
  readonly source: MemorySource;
  readonly options: EngineOptions;
}

async function runCase(command: Evaluate, running: Running): Promise<void> {
  if (command.stepMs !== null) {
    const { startMs, endMs, stepMs } = command;
    return runOnce(command, command.query, (query) => ask(query, { startMs, endMs, stepMs }, running));
  }
  await runInstant(command, { text: command.query, atMs: command.startMs }, running);
  for (const variant of fixedAt(command.query, command.startMs)) await runInstant(command, variant, running);
}

async function runInstant(
  command: Evaluate,
  { text, atMs }: { text: string; atMs: number },
  running: Running,
): Promise<void> {
  const { source, options } = running;
  const { signal } = new AbortController();
  await runOnce(command, text, (query) => createEngine(options).instant(query, atMs, { source, signal }));
  const isComparable = command.rangeVector === null && command.text === null;
  if (!isComparable || isFailing(command) || isOrdered(command) || asksForTimes(text)) return;
  const times = { startMs: atMs - 60_000, endMs: atMs + 60_000, stepMs: 60_000 };
  const { value } = await ask(readQuery(text), times, running);
  assert.ok(value.kind === "matrix");
  assertSorted(value.series);
  compareSeries(
    command,
    value.series.map((series) => onlyAt(series, atMs)),
    [atMs],
  );
}

function onlyAt({ labels, floats, histograms }: ResultSeries, atMs: number): ResultSeries {
  return {
    labels,
    floats: floatsOf(pointsOf(floats).filter(({ ms }) => ms === atMs)),
    histograms: histograms.filter(({ ms }) => ms === atMs),
  };
}

function pointsOf({ times, values }: FloatPoints): readonly ResultPoint<number>[] {
  return Array.from(times, (ms, at) => ({ ms, value: values[at] ?? 0 }));
}

function floatsOf(points: readonly ResultPoint<number>[]): FloatPoints {
  return {
    times: Float64Array.from(points, ({ ms }) => ms),
    values: Float64Array.from(points, ({ value }) => value),
  };
}

function ask(query: Query, times: { startMs: number; endMs: number; stepMs: number }, { source, options }: Running) {
  return createEngine(options).range(query, times, { source, signal: new AbortController().signal });
}

function isFailing({ expectations }: Evaluate): boolean {
  return expectations.some(({ kind }) => kind === "fail");
}

function isOrdered({ expectations }: Evaluate): boolean {
  return expectations.some(({ kind }) => kind === "ordered");
}

async function runOnce(command: Evaluate, text: string, run: (query: Query) => Promise<QueryResult>): Promise<void> {
  const outcome = await Promise.resolve()
    .then(() => run(readQuery(text)))
    .catch((thrown: unknown) => thrown);
  if (outcome instanceof Error) {
    if (!isFailing(command)) throw outcome;
    checkFailure(command, outcome.message);
    return;
  }
  assert.ok(isResult(outcome));
  assert.ok(!isFailing(command), "the query was to fail");
  checkAnnotations(command, outcome);
  compareResult(command, outcome);
}

function isResult(value: unknown): value is QueryResult {
  return typeof value === "object" && value !== null && "value" in value;
}

function checkFailure({ expectations }: Evaluate, message: string): void {
  for (const { kind, match } of expectations) {
    if (kind === "fail" && match !== null) assert.ok(doesMatch(match, message), `got: ${message}\nwant: ${match.text}`);
  }
}

/** Older scripts leave the position out. */
function doesMatch({ kind, text }: { kind: "msg" | "regex"; text: string }, message: string): boolean {
  if (kind === "regex") return compilePattern(text, { anchored: false }).matches(message);
  return text === message || text === message.replace(/ \(\d+:\d+\)$/, "");
}

function checkAnnotations({ expectations }: Evaluate, { warnings, infos }: QueryResult): void {
  for (const [kind, texts] of [
    ["warn", warnings],
    ["info", infos],
  ] as const) {
    const expected = expectations.filter((expectation) => expectation.kind === kind);
    if (expectations.some((expectation) => expectation.kind === `no_${kind}`)) {
      assert.deepEqual(texts, [], `no ${kind} was expected`);
    }
    if (expected.length === 0) continue;
    assert.ok(texts.length > 0, `a ${kind} was expected`);
    const matches = expected.flatMap(({ match }) => match ?? []);
    for (const match of matches) {
      assert.ok(
        texts.some((text) => doesMatch(match, text)),
        `got: ${texts.join("\n")}\nwant: ${match.text}`,
      );
    }
    if (matches.length < expected.length) continue;
    for (const text of texts)
      assert.ok(
        matches.some((match) => doesMatch(match, text)),
        `not expected: ${text}`,
      );
  }
}

function compareResult(command: Evaluate, { value }: QueryResult): void {
  switch (value.kind) {
    case "string":
      assert.equal(value.text, command.text);
      return;
    case "scalar":
      assertAlike(value.value, command.scalar ?? null, "scalar");
      return;
    case "vector": {
      const series = value.samples.map(({ labels, ms, value: sample }) => seriesOf(labels, ms, sample));
      if (isOrdered(command)) {
        assert.deepEqual(
          series.map(({ labels }) => formatLabels(labels)),
          command.series.map(({ labels }) => formatLabels(labels)),
        );
      }
      compareSeries(command, series, [value.samples[0]?.ms ?? command.startMs]);
      return;
    }
    case "matrix":
      assertSorted(value.series);
      compareSeries(command, value.series, timesOf(command));
  }
}

function seriesOf(labels: ResultSeries["labels"], ms: number, value: number | Histogram): ResultSeries {
  if (typeof value === "number") return { labels, floats: floatsOf([{ ms, value }]), histograms: [] };
  return { labels, floats: floatsOf([]), histograms: [{ ms, value }] };
}

function timesOf({ startMs, endMs, stepMs, rangeVector }: Evaluate): readonly number[] {
  const times = rangeVector ?? { startMs, endMs, stepMs: stepMs ?? 1 };
  const count = Math.floor((times.endMs - times.startMs) / times.stepMs) + 1;
  return Array.from({ length: count }, (_, i) => times.startMs + i * times.stepMs);
}

function assertSorted(series: readonly ResultSeries[]): void {
  const sorted = [...series].sort((a, b) => compareLabels(a.labels, b.labels));
  assert.deepEqual(
    series.map(({ labels }) => labels),
    sorted.map(({ labels }) => labels),
    "series are in order",
  );
}

function compareSeries(command: Evaluate, series: readonly ResultSeries[], times: readonly number[]): void {
  const expected: readonly ExpectedSeries[] =
    command.scalar === null || command.series.length > 0 ? command.series : [{ labels: [], points: [command.scalar] }];
  const got = series.filter(({ floats, histograms }) => floats.times.length > 0 || histograms.length > 0);
  const text = () => got.map((one) => `${formatLabels(one.labels)} ${pointsText(one, times)}`).join("\n");
  const byKey = new Map(expected.map((one) => [keyOf(one.labels), one]));
  assert.equal(byKey.size, expected.length, "each series is expected once");
  for (const one of got) {
    const wanted = byKey.get(keyOf(one.labels));
    assert.ok(wanted, `not expected: ${formatLabels(one.labels)} among\n${text()}`);
    byKey.delete(keyOf(one.labels));
    comparePoints(one, wanted.points, times);
  }
  for (const { labels, points } of byKey.values()) {
    assert.ok(
      points.every((point) => point === null),
      `missing: ${formatLabels(labels)} among\n${text()}`,
    );
  }
}

function comparePoints(series: ResultSeries, expected: readonly Point[], times: readonly number[]): void {
  const label = `${formatLabels(series.labels)} ${pointsText(series, times)}`;
  // A load has one point more than what is asked for with `x`; those beyond the end are not there.
  times.forEach((ms, i) => {
    assertAlike(pointAt(series, ms), expected[i] ?? null, label);
  });
  const known = new Set(times);
  const got = [...series.floats.times, ...series.histograms.map(({ ms }) => ms)];
  for (const ms of got) assert.ok(known.has(ms), `${label}: a point at ${ms}`);
}

function pointAt({ floats, histograms }: ResultSeries, ms: number): number | Histogram | null {
  const at = floats.times.indexOf(ms);
  return floats.values[at] ?? histograms.find((point) => point.ms === ms)?.value ?? null;
}

function assertAlike(got: number | Histogram | null, want: Point, label: string): void {
  const isRight =
    typeof got === "number" && typeof want === "number"
      ? isAlmostEqual(got, want)
      : typeof got === "object" && got !== null && typeof want === "object" && want !== null
        ? areAlike(got, want, isAlmostEqual) && (want.hint === "unknown" || want.hint === got.hint)
        : got === null && want === null;
  if (isRight) return;
  assert.fail(`got ${pointText(got)}, want ${pointText(want)} (${label})`);
}

const tolerance = 1e-6;

function isAlmostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0) return difference < tolerance * 2.2250738585072014e-308;
  return difference / Math.min(Math.abs(a) + Math.abs(b), Number.MAX_VALUE) < tolerance;
}

function pointText(point: Point): string {
  if (point === null) return "nothing";
  if (typeof point === "object")
    return `${formatHistogram(point)} ${point.hint} ${point.bounds ?? ""} ${point.zeroThreshold} s${point.schema}`;
  return typeof point === "number" ? formatShort(point) : point;
}

function pointsText(series: ResultSeries, times: readonly number[]): string {
  return times.map((ms) => pointText(pointAt(series, ms))).join(" ");
}
