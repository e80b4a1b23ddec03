// What Grafana asks of its data sources, and every panel of every board, of data that came by the real doors.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { type Doors, getJson } from "./grafana/ask.ts";
import { readBoards, readProvisioning, type Variable } from "./grafana/boards.ts";
import { readDataSources } from "./grafana/data-sources.ts";
import { CHECKS } from "./grafana/health.ts";
import { allOf, interpolate, patternOf } from "./grafana/interpolate.ts";
import { problemsOf, queriesOf } from "./grafana/panel-queries.ts";
import { scrapesOf, seed, traceIdOf } from "./grafana/seed.ts";

const boards = readBoards();
const LENGTH_MS = 1_800_000;
const TRACES = 40;
const LINES = 280;
const texts = z.object({ data: z.array(z.string()) });

describe("Grafana's boards", { timeout: 280_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let doors: Doors;
  /** The "now" of all ranges. */
  let toMs: number;

  before(async () => {
    // On a slow machine spans come late.
    const analyzer = { SIGHTLINE_SPANS_PUBLISH_INTERVAL_MS: "500", SIGHTLINE_SPANS_MAX_SPAN_AGE_MS: "3600000" };
    const services = ["ingest", "storage", "analyzer", "alerter", "gateway"] as const;
    system = opened.use(await startFaultStack({ services, settings: { analyzer } }));
    const { page, otlpGrpc, otlpHttp } = system.stack.doors;
    const { ingestKey, queryKey, clickhouse } = system;
    doors = { url: page, queryKey, clickhouse };
    const load = {
      endMs: Math.floor(Date.now() / 1000) * 1000,
      lengthMs: LENGTH_MS,
      instances: 1,
      traces: TRACES,
      lines: LINES,
    };
    await seed({ otlpGrpc, otlpHttp, ingestKey, ...load });
    await eventually(stored, { timeoutMs: 60_000 });
    toMs = await eventually(countedSpans, { timeoutMs: 60_000 });
  });

  /** All that was sent can be asked for. */
  async function stored(): Promise<void> {
    const schema = z.object({ logs: z.number(), spans: z.number(), samples: z.number(), events: z.number() });
    const [found] = await system.clickhouse.query(
      `SELECT (SELECT count() FROM otel_logs WHERE ServiceName LIKE 'aegis-%') AS logs,
        (SELECT count() FROM otel_traces WHERE ServiceName LIKE 'aegis-%') AS spans,
        (SELECT count() FROM metrics_samples WHERE MetricName = 'sprint_completion_percent') AS samples,
        (SELECT count() FROM events WHERE Category = 'compliance') AS events
      SETTINGS output_format_json_quote_64bit_integers = 0`,
      {},
      { schema },
    );
    assert.deepEqual(found, {
      logs: (LINES * 4) / 7,
      spans: TRACES * 5,
      samples: scrapesOf({ lengthMs: LENGTH_MS }),
      events: 1,
    });
  }

  /** A time at which the metrics that are computed of spans can be asked for. */
  async function countedSpans(): Promise<number> {
    const nowMs = Date.now();
    const [query] = boards
      .flatMap((board) => queriesOf(board, { toMs: nowMs, variables: allOf(board.templating.list) }))
      .filter(({ target }) => target.queryType === "serviceMap");
    assert.ok(query);
    assert.deepEqual(await problemsOf(doors, [query], 1), []);
    return nowMs;
  }

  for (const { uid, name, type } of readDataSources()) {
    test(`${name} passes the check of Grafana`, async () => {
      const { stack, queryKey } = system;
      const environment = {
        SIGHTLINE_URL: doors.url,
        SIGHTLINE_QUERY_KEY: queryKey,
        SIGHTLINE_CLICKHOUSE_HOST: "127.0.0.1",
        SIGHTLINE_CLICKHOUSE_PORT: String(stack.port("clickhouse")),
        SIGHTLINE_CLICKHOUSE_DATABASE: "sightline",
        // The embedded server has no users but this one.
        SIGHTLINE_CLICKHOUSE_USER: "default",
        SIGHTLINE_CLICKHOUSE_PASSWORD: stack.secrets.clickhouse,
      };
      const source = readDataSources(environment).find((one) => one.uid === uid);
      assert.ok(source);
      await (CHECKS[type] ?? assert.fail(`no check of ${type}`))(source);
    });
  }

  test("of the sources that have rules one shows them", () => {
    const sources = readDataSources().filter(({ type }) => type === "prometheus" || type === "loki");
    const shown = sources.filter(({ jsonData }) => jsonData["manageAlerts"] !== false);
    assert.deepEqual(
      shown.map(({ type }) => type),
      ["prometheus"],
    );
  });

  for (const board of boards) {
    test(`${board.title}: every panel shows something`, async () => {
      const queries = queriesOf(board, { toMs, variables: allOf(board.templating.list) });
      assert.deepEqual(await problemsOf(doors, queries, 1), []);
    });
  }

  /** The values that Grafana offers, by `label_values(metric, label)`. */
  async function valuesOf({ definition = "" }: Variable): Promise<string[]> {
    const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    assert.ok(metric !== "", `cannot read ${definition}`);
    const query = new URLSearchParams({
      "match[]": metric,
      start: String(toMs / 1000 - 3600),
      end: String(toMs / 1000),
    });
    return (await getJson(doors, `/api/v1/label/${label}/values?${query}`, texts)).data;
  }

  for (const board of boards.filter(({ templating }) => templating.list.some(({ type }) => type === "query"))) {
    test(`${board.title}: what variables offer can be chosen`, async () => {
      const chosen = allOf(board.templating.list);
      for (const variable of board.templating.list.filter(({ type }) => type === "query")) {
        const values = await valuesOf(variable);
        assert.ok(values.length > 0, `${variable.name} offers nothing`);
        chosen[variable.name] = patternOf(values.slice(0, 2));
      }
      const queries = queriesOf(board, { toMs, variables: chosen });
      const concerned = queries.filter(({ target }) => /\$\{?[a-z]/.test(JSON.stringify(target)));
      assert.deepEqual(await problemsOf(doors, concerned, 0), []);
    });
  }

  test("whoever reads ClickHouse directly has a policy on every table of tenants, and nothing without", async () => {
    const statements = ["role", "user"].flatMap((part) =>
      readProvisioning(`clickhouse/reader-${part}.sql`)
        .replaceAll(/^--.*$/gm, "")
        .split(";")
        .filter((text) => text.trim() !== ""),
    );
    const tree = z.object({ explain: z.string() });
    for (const statement of statements) {
      const parameters = { user: "sightline_reader_default", password: "secret" };
      await system.clickhouse.query(`EXPLAIN AST ${statement}`, parameters, { schema: tree });
    }
    const named = (pattern: RegExp) => statements.flatMap((text) => pattern.exec(text)?.[1] ?? []).toSorted();
    const ofTenants = async (engine: string) => {
      const found = await system.clickhouse.query(
        `SELECT DISTINCT table AS name FROM system.columns INNER JOIN system.tables AS t ON t.database = database AND t.name = table
        WHERE database = currentDatabase() AND columns.name = 'Tenant' AND engine ${engine} ORDER BY name`,
        {},
        { schema: z.object({ name: z.string() }) },
      );
      return found.map(({ name }) => name);
    };
    const [tables, views] = [await ofTenants("LIKE '%MergeTree'"), await ofTenants("= 'View'")];
    assert.ok(tables.length > 10 && views.length > 3);
    assert.deepEqual(named(/CREATE ROW POLICY OR REPLACE sightline_reader ON (\w+) USING Tenant = /), tables);
    assert.deepEqual(named(/GRANT SELECT ON (\w+) TO/), [...tables, ...views].toSorted());
  });

  test("points of a graph lead to their traces", async () => {
    const exemplars = z.object({
      data: z.array(z.object({ exemplars: z.array(z.object({ labels: z.record(z.string(), z.string()) })) })),
    });
    const withPoints = boards
      .flatMap((board) => queriesOf(board, { toMs, variables: allOf(board.templating.list) }))
      .filter(({ target }) => target.exemplar === true && !target.expr?.includes("traces_spanmetrics"));
    assert.ok(withPoints.length >= 4);
    for (const { name, target, shown } of withPoints) {
      const query = interpolate(target.expr ?? "", shown);
      const body = new URLSearchParams({ query, start: String(shown.fromMs / 1000), end: String(shown.toMs / 1000) });
      const { data } = await getJson(doors, "/api/v1/query_exemplars", exemplars, { method: "POST", body });
      const ids = data.flatMap((series) => series.exemplars.map(({ labels }) => labels["trace_id"]));
      assert.ok(ids.includes(traceIdOf(0)), `${name}: ${ids.length} points`);
    }
  });
});
