import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { evaluateLogql } from "@sightline/query/logql/evaluate/engine";
import { parseLogql } from "@sightline/query/logql/logql";
import { planLogql } from "@sightline/query/logql/plan/plan";
import { z } from "zod";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createLineSource } from "./line-source.ts";
import { countStreams, listStreamLabels, listStreamLabelValues, listStreams } from "./list-streams.ts";
import { selectionSql } from "./selection-sql.ts";
import { matchersOf, streamSelection } from "./stream-selection.ts";

const second = 1_000_000_000n;
const startNs = BigInt(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000) * 1_000_000n;
const engineLimits = { maxSeries: 100, maxCells: 1_000_000, maxSamples: 1000, maxTextLength: 1_000_000 };
const sourceLimits = { maxLines: 1000, maxCharacters: 1_000_000, maxPaneCounts: 1000 };
const limits = { ...engineLimits, ...sourceLimits, maxStreams: 100 };

interface Stored {
  readonly at: number;
  readonly body: string;
  readonly tenant?: string;
  readonly resource?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly severity?: number;
  readonly traceId?: string;
}

const shop = { "service.name": "shop", "k8s.pod.name": "shop-1", env: "prod" };
const nginx = { app: "nginx", "service.name": "nginx" };
const oddResource = {
  ...{
    "app.kubernetes.io/name": "shop/1",
    'quo"ted\\key': 'a "b" \\ c',
    lines: "one\ntwo\t\u0001",
    "größe-€": "5 €😀",
  },
  ...{ "5xx": "yes", text: '{"lines":"no"}', "a.b": "dotted", a_b: "plain", "a-b": "dashed" },
};
const oddLabels = {
  ...{ app_kubernetes_io_name: "shop/1", quo_ted_key: 'a "b" \\ c', lines: "one\ntwo\t\u0001", gr__e__: "5 €😀" },
  ...{ key_5xx: "yes", text: '{"lines":"no"}' },
};
/** More than are known by day. */
const manyAttributes = Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`key.${at}`, `value ${at}`]));
const stored: readonly Stored[] = [
  { at: 10, body: "GET /cart 200 in 12ms", resource: shop, severity: 9, attributes: { "http.route": "/cart" } },
  {
    at: 20,
    body: "ERROR: upstream timed out",
    resource: shop,
    severity: 17,
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  },
  { at: 30, body: "größe=5 level=warn\nsecond line", resource: shop, severity: 13, attributes: { user: "ann", k: "" } },
  { at: 40, body: "GET / 500", resource: nginx, attributes: { user: "bob", "user.name": "x", user_name: "bob" } },
  { at: 50, body: "GET /a 200", resource: nginx },
  { at: 3600, body: "late and alone" },
  { at: 15, body: "someone else's", resource: shop, tenant: "other" },
  { at: 15, body: "odd", tenant: "odd", resource: oddResource },
  { at: 15, body: "much", tenant: "many-keys", attributes: manyAttributes },
];

describe("lines for LogQL", () => {
  let database: TestDatabase;

  before(async () => {
    database = await startTestDatabase();
    await database.insert(
      "otel_logs",
      stored.map(({ at, body, tenant = "default", resource = {}, attributes = {}, severity = 0, traceId = "" }) => ({
        Tenant: tenant,
        Timestamp: new Date(Number(startNs / 1_000_000n) + at * 1000).toISOString().replace("Z", "000000"),
        ServiceName: new Map(Object.entries(resource)).get("service.name") ?? "",
        Body: body,
        ResourceAttributes: resource,
        LogAttributes: attributes,
        SeverityNumber: severity,
        TraceId: traceId,
      })),
    );
  });
  after(() => database[Symbol.asyncDispose]());

  interface Asked {
    readonly limit?: number;
    readonly direction?: "forward" | "backward";
    readonly maxLines?: number;
  }

  async function lines(query: string, { limit = 100, direction = "forward", maxLines = 1000 }: Asked = {}) {
    const endNs = startNs + 7200n * second;
    const plan = planLogql(parseLogql(query), {
      ...{ startNs, endNs, stepNs: 0, direction, limit, nowNs: 0n, maxSteps: 11_000 },
    });
    const { reader } = database;
    const source = createLineSource({ reader, tenant: "default", limits: { ...sourceLimits, maxLines } });
    const signal = AbortSignal.timeout(20_000);
    const result = await evaluateLogql(plan, { source, limits: engineLimits, signal, categorizeLabels: true });
    assert.equal(result.type, "streams");
    return result.type === "streams" ? result.streams : [];
  }

  const secondsOf = (streams: Awaited<ReturnType<typeof lines>>) =>
    streams
      .flatMap((stream) => stream.lines.map(({ timestampNs }) => Number((timestampNs - startNs) / second)))
      .sort((a, b) => a - b);

  /** Which lines a query finds, by their seconds. */
  const found: readonly (readonly [query: string, at: readonly number[]])[] = [
    ['{service_name="shop"}', [10, 20, 30]],
    ['{service_name=~"shop|nginx"}', [10, 20, 30, 40, 50]],
    ['{service_name="unknown_service"}', [3600]],
    ['{service_name=~".+", service_name!="shop"}', [40, 50, 3600]],
    ['{k8s_pod_name="shop-1"}', [10, 20, 30]],
    ['{k8s_pod_name=~"shop-.", env!="dev"}', [10, 20, 30]],
    ['{service_name=~".+", env=""}', [40, 50, 3600]],
    ['{app!~"ng.*", service_name=~".+"}', [10, 20, 30, 3600]],
    ['{service_name=~".+"} |= "GET"', [10, 40, 50]],
    ['{service_name=~".+"} |= "get"', []],
    ['{service_name=~".+"} |= " 200 "', [10]],
    ['{service_name=~".+"} |= "upstream timed"', [20]],
    ['{service_name=~".+"} |= "größe"', [30]],
    ['{service_name=~".+"} != "GET"', [20, 30, 3600]],
    ['{service_name=~".+"} |= "late" or "timed"', [20, 3600]],
    ['{service_name=~".+"} |~ "GET .* (200|500)"', [10, 40, 50]],
    ['{service_name=~".+"} |~ "warn.second"', []],
    ['{service_name=~".+"} |~ "(?i)error: UPSTREAM"', [20]],
    ['{service_name=~".+"} !~ "GET|late"', [20, 30]],
    ['{service_name=~".+"} |> "GET <_> 200"', [50]],
    ['{service_name=~".+"} | detected_level="error"', [20]],
    ['{service_name=~".+"} | detected_level=~"warn|info"', [10, 30]],
    ['{service_name=~".+"} | trace_id="4bf92f3577b34da6a3ce929d0e0e4736"', [20]],
    ['{service_name=~".+"} | http_route="/cart"', [10]],
    ['{service_name=~".+"} | user="ann" or env="nowhere"', [30]],
    ['{service_name=~".+"} | user=""', [10, 20, 50, 3600]],
    ['{service_name=~".+"} | user_name="bob"', [40]],
    ['{service_name=~".+"} | env="prod" | user!="ann"', [10, 20]],
    ['{service_name="shop"} | logfmt | level="warn"', [30]],
    ['{service_name="nobody"}', []],
  ];
  for (const [query, at] of found) {
    test(`${query} finds ${at.join(", ") || "nothing"}`, async () => {
      assert.deepEqual(secondsOf(await lines(query)), at);
    });
  }

  test("a stream has the labels of its resource, a line those of its record and what is known beside", async () => {
    const [stream] = await lines('{env="prod"} |= "timed out"');
    assert.deepEqual(
      [...(stream?.labels ?? [])],
      [
        ["env", "prod"],
        ["k8s_pod_name", "shop-1"],
        ["service_name", "shop"],
      ],
    );
    const [line] = stream?.lines ?? [];
    assert.equal(line?.text, "ERROR: upstream timed out");
    assert.deepEqual(Object.fromEntries(line?.metadata ?? []), {
      detected_level: "error",
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    });
  });

  test("the newest or the oldest are enough where there is a limit", async () => {
    const all = '{service_name=~".+"}';
    assert.deepEqual(secondsOf(await lines(all, { limit: 2, direction: "backward" })), [50, 3600]);
    assert.deepEqual(secondsOf(await lines(all, { limit: 2, direction: "forward" })), [10, 20]);
    const parsed = `${all} | logfmt | level=""`;
    assert.deepEqual(secondsOf(await lines(parsed, { limit: 3, direction: "backward" })), [40, 50, 3600]);
  });

  async function counts(query: string, tenant = "default") {
    const endNs = startNs + 120n * second;
    const plan = planLogql(parseLogql(query), {
      ...{ startNs: endNs, endNs, stepNs: 0, direction: "forward", limit: 0, nowNs: 0n, maxSteps: 11_000 },
    });
    const source = createLineSource({ reader: database.reader, tenant, limits: sourceLimits });
    const result = await evaluateLogql(plan, { source, limits: engineLimits, signal: AbortSignal.timeout(20_000) });
    if (result.type !== "vector") return assert.fail(`got a ${result.type}`);
    return result.samples.map(({ labels, value }) => [Object.fromEntries(labels), value]);
  }

  const nothing = {};
  const counted: readonly (readonly [query: string, counts: readonly (readonly [object, number])[]])[] = [
    ['sum(count_over_time({service_name=~".+"}[2m]))', [[nothing, 5]]],
    [
      'sum by (service_name) (count_over_time({service_name=~".+"}[2m]))',
      [
        [{ service_name: "nginx" }, 2],
        [{ service_name: "shop" }, 3],
      ],
    ],
    [
      'sum by (env, app, service_name) (count_over_time({service_name=~".+"}[2m]))',
      [
        [{ app: "nginx", service_name: "nginx" }, 2],
        [{ env: "prod", service_name: "shop" }, 3],
      ],
    ],
    [
      'sum by (user, env) (count_over_time({service_name="shop"}[2m]))',
      [
        [{ env: "prod" }, 2],
        [{ env: "prod", user: "ann" }, 1],
      ],
    ],
    [
      'sum by (user_name, detected_level) (count_over_time({service_name=~".+", env=""}[2m]))',
      [
        [{ detected_level: "unknown" }, 1],
        [{ detected_level: "unknown", user_name: "bob" }, 1],
      ],
    ],
    [
      'sum by (http_route) (count_over_time({k8s_pod_name="shop-1"} | http_route!="" [2m]))',
      [[{ http_route: "/cart" }, 1]],
    ],
    ['sum by (nothing_has_it) (count_over_time({service_name="nginx"} | nothing_has_it="" [2m]))', [[nothing, 2]]],
    ['sum(bytes_over_time({app="nginx"} |= "500" [2m]))', [[nothing, 9]]],
    ['sum(count_over_time({app="nginx"} | pattern "<method> <path> <status>" | status >= 500 [2m]))', [[nothing, 1]]],
    ['absent_over_time({app="gone"}[2m])', [[{ app: "gone" }, 1]]],
    [
      'count_over_time({service_name="shop"} |~ "GET|timed" [2m])',
      [
        [{ detected_level: "error", env: "prod", k8s_pod_name: "shop-1", service_name: "shop" }, 1],
        [{ detected_level: "info", env: "prod", http_route: "/cart", k8s_pod_name: "shop-1", service_name: "shop" }, 1],
      ],
    ],
  ];
  for (const [query, want] of counted) test(query, async () => assert.deepEqual(await counts(query), want));

  test("where there is nothing, nothing is counted by what only streams have", async () => {
    assert.deepEqual(await counts('sum by (env) (count_over_time({service_name=~".+"}[2m]))', "empty"), []);
  });

  test("a label is found however many others there are", async () => {
    const query = 'sum by (key_9999) (count_over_time({service_name=~".+"} | key_10000="value 10000" [2m]))';
    assert.deepEqual(await counts(query, "many-keys"), [[{ key_9999: "value 9999" }, 1]]);
  });

  test("labels are what resources say, in whatever signs", async () => {
    const context = contextOf("odd");
    const values = async (name: string) => {
      const range = { startUnixNano: startNs, endUnixNano: startNs + 120n * second, selector: "" };
      return (await listStreamLabelValues({ reader: database.reader, limits })({ ...range, name }, context)).values;
    };
    for (const [name, value] of Object.entries(oddLabels)) {
      const matcher = `{${name}=${JSON.stringify(value)}}`;
      const query = `sum by (${name}) (count_over_time(${matcher}[2m]))`;
      assert.deepEqual(await counts(query, "odd"), [[{ [name]: value }, 1]], matcher);
      assert.deepEqual(await values(name), [value]);
    }
    // Of several keys that come to one label the one that is written as it counts.
    assert.deepEqual(await counts('sum by (a_b) (count_over_time({a_b="plain"}[2m]))', "odd"), [[{ a_b: "plain" }, 1]]);
  });

  test("streams are those of every day of a range, and of records within it", async () => {
    const dayMs = 86_400_000;
    const endMs = Math.floor(Date.now() / dayMs) * dayMs - 10 * dayMs;
    const at = (days: number) => new Date(endMs - days * dayMs + 1000).toISOString().replace("Z", "000000");
    const rows = ([days, pod]: readonly [number, string]) => ({
      ...{ Tenant: "days", Timestamp: at(days), ServiceName: "shop", Body: "a line" },
      ResourceAttributes: { "service.name": "shop", pod },
    });
    const days: readonly (readonly [number, string])[] = [
      [2, "a"],
      [1, "a"],
      [1, "b"],
      [0, "b"],
      [0, "c"],
    ];
    await database.insert("otel_logs", days.map(rows));
    const options = { reader: database.reader, limits };
    const pods = async (from: number, to: number, selector = "") => {
      const nanos = (days: number) => BigInt(endMs - days * dayMs) * 1_000_000n;
      const asked = { startUnixNano: nanos(from), endUnixNano: nanos(to) + 500_000_000n, name: "pod", selector };
      return (await listStreamLabelValues(options)(asked, contextOf("days"))).values.join();
    };
    assert.equal(await pods(3, 2), "");
    assert.equal(await pods(3, 1), "a");
    assert.equal(await pods(1, 0), "a,b");
    assert.equal(await pods(3, -1), "a,b,c");
    assert.equal(await pods(3, -1, '{service_name="shop", pod!~"a|c"}'), "b");
  });

  test("matchers and labels say the same whether the streams of the days are few or many", async () => {
    const bySide = async (query: string, many: boolean) => {
      const range = { startUnixNano: startNs, endUnixNano: startNs + 7200n * second };
      const keys = { resource: Object.keys(shop), own: [], streams: many ? 50_001 : 2 };
      const { selected, params, streamLabel } = selectionSql(streamSelection(matchersOf(query), range), keys);
      const { group, shown, with: given } = streamLabel("env");
      const sql = `${given === undefined ? "" : `WITH ${given}`}
        SELECT ${shown("at")} AS env, toUInt32(sum(lines)) AS n
        FROM (SELECT ${group} AS at, count() AS lines FROM otel_logs ${selected} GROUP BY at)
        GROUP BY env ORDER BY env`;
      const asked = { ...params, ...("maxDecidedStreams" in params && many && { maxDecidedStreams: 1 }) };
      const row = z.object({ env: z.string(), n: z.number() });
      const found = await database.reader.read({ sql, row }, asked, contextOf("default"));
      return found.map(({ env, n }) => `${env} ${n}`).join();
    };
    for (const [query, want] of [
      ['{k8s_pod_name="shop-1"}', "prod 3"],
      ['{k8s_pod_name=~"shop-.", env!="dev"}', "prod 3"],
      ['{service_name=~".+", env=""}', " 3"],
      ['{service_name=~".+", app!~"ng.*"}', " 1,prod 3"],
      ['{env="nowhere"}', ""],
      ['{service_name=~".+"}', " 3,prod 3"],
    ] as const) {
      assert.equal(await bySide(query, false), want, `${query} of few`);
      assert.equal(await bySide(query, true), want, `${query} of many`);
    }
  });

  test("who asks for too much is told so", async () => {
    await assert.rejects(
      lines('{service_name=~".+"}', { maxLines: 3 }),
      (thrown) => AppError.from(thrown).code === "resource_exhausted" && /more than 3 lines/.test(String(thrown)),
    );
  });

  test("streams, their labels and the values of these, all and selected", async () => {
    const range = { startUnixNano: startNs, endUnixNano: startNs + 120n * second };
    const options = { reader: database.reader, limits };
    const context = contextOf("default");
    const shopLabels = ["env", "prod", "k8s_pod_name", "shop-1", "service_name", "shop"];
    const nginxLabels = ["app", "nginx", "service_name", "nginx"];
    const { streams } = await listStreams(options)({ ...range, matches: [] }, context);
    assert.deepEqual(
      streams.map(({ labels }) => labels),
      [nginxLabels, shopLabels],
    );
    const some = await listStreams(options)(
      { ...range, matches: ['{env="prod"}', '{k8s_pod_name="shop-1"}'] },
      context,
    );
    assert.deepEqual(
      some.streams.map(({ labels }) => labels),
      [shopLabels],
    );
    const names = async (selector: string) =>
      (await listStreamLabels(options)({ ...range, selector }, context)).names.join();
    assert.equal(await names(""), "app,env,k8s_pod_name,service_name");
    assert.equal(await names('{app="nginx"}'), "app,service_name");
    assert.equal(await names('{app="nobody"}'), "");
    const values = async (name: string, selector = "{}") =>
      (await listStreamLabelValues(options)({ ...range, name, selector }, context)).values.join();
    assert.equal(await values("service_name"), "nginx,shop");
    assert.equal(await values("k8s_pod_name"), "shop-1");
    assert.equal(await values("service_name", '{env="prod"}'), "shop");
    assert.equal(await values("user"), "");
    const counted = await countStreams(options)({ ...range, selector: '{service_name=~".+"}' }, context);
    assert.deepEqual([counted.streams, counted.lines], [2n, 5n]);
  });
});
