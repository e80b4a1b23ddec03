import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { runProgram } from "../program.ts";

const asked: string[] = [];

const histogram = {
  count: "4",
  sum: "3",
  buckets: [
    [3, "-Inf", "0.5", "1"],
    [0, "0.5", "1", "3"],
  ],
};
const api = { __name__: "latency", job: "api" };
const label = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** What the gateway answers, by path. */
const ANSWERS: Readonly<Record<string, object>> = {
  "/api/v1/query": {
    status: "success",
    data: { resultType: "vector", result: [{ metric: api, histogram: [1000, histogram] }] },
    warnings: ["results truncated due to limit"],
    infos: ["metric might not be a counter"],
  },
  "/api/v1/query_range": {
    status: "success",
    data: {
      resultType: "matrix",
      result: [
        {
          metric: { job: "api" },
          values: [
            [1000, "1"],
            [1120, "3"],
          ],
          histograms: [[1060, { count: "0", sum: "0" }]],
        },
      ],
    },
  },
  "/tempo/api/metrics/query": {
    series: [
      { labels: [label("resource.service.name", "shop")], value: 1.5 },
      { labels: [{ key: "span.code", value: { intValue: "500" } }], value: 0 },
    ],
    status: "PARTIAL",
    message: "the answer is partial",
  },
  "/tempo/api/metrics/query_range": {
    series: [
      {
        labels: [label("__name__", "rate")],
        samples: [
          { timestampMs: "60000", value: 0.5 },
          { timestampMs: "120000", value: "Infinity" },
        ],
      },
    ],
  },
  "/tempo/api/search": { traces: [] },
};

const server = createServer((request, response) => {
  const { pathname, search } = new URL(request.url ?? "/", "http://gateway");
  asked.push(`${pathname}${decodeURIComponent(search.replaceAll("+", " "))}`);
  const answer = ANSWERS[pathname];
  response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
});

let url: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(() => new Promise((resolve) => server.close(resolve)));

async function query(...args: readonly string[]) {
  asked.length = 0;
  let stdout = "";
  let stderr = "";
  const code = await runProgram({
    args: ["query", ...args],
    env: { SIGHTLINE_SERVER: url, SIGHTLINE_API_KEY: "the-key", SIGHTLINE_DIR: "/nonexistent" },
    version: "1.2.3",
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: new AbortController().signal,
    now: () => 7_200_000,
  });
  return { code, stdout, stderr };
}

test("a native histogram is a value in Prometheus' notation, and what was odd is said", async () => {
  assert.deepEqual(await query("promql", "latency"), {
    code: 0,
    stdout: `time                      series              value
1970-01-01T00:16:40.000Z  latency{job="api"}  {count:4, sum:3, [-Inf,0.5]:1, (0.5,1]:3}
`,
    stderr: "warning: results truncated due to limit\ninfo: metric might not be a counter\n1 row\n",
  });
});

test("numbers and histograms of a series come in the order of their times, in CSV too", async () => {
  const { stdout, stderr } = await query("promql", "latency", "--start", "1000", "--csv");
  assert.equal(
    stdout,
    `time,series,value\r
1970-01-01T00:16:40.000Z,"{job=""api""}",1\r
1970-01-01T00:17:40.000Z,"{job=""api""}","{count:0, sum:0}"\r
1970-01-01T00:18:40.000Z,"{job=""api""}",3\r
`,
  );
  assert.equal(stderr, "");
});

test("with --json the answer is the server's, nothing left out and nothing added", async () => {
  for (const [args, path] of [
    [["promql", "latency"], "/api/v1/query"],
    [["promql", "latency", "--start", "1000"], "/api/v1/query_range"],
    [["traceql", "{} | rate()", "--step", "1m"], "/tempo/api/metrics/query_range"],
  ] as const) {
    const { stdout, stderr } = await query(...args, "--json");
    assert.deepEqual([JSON.parse(stdout), stderr], [ANSWERS[path], ""], path);
  }
});

test("TraceQL's metrics are one value of each series, or with a step points", async () => {
  assert.deepEqual(await query("traceql", "{ status = error } | rate() by (resource.service.name)"), {
    code: 0,
    stdout: `series                          value
{resource.service.name="shop"}    1.5
{span.code="500"}                   0
`,
    stderr: "warning: the answer is partial\n2 rows\n",
  });
  assert.deepEqual(asked, [
    "/tempo/api/metrics/query?q={ status = error } | rate() by (resource.service.name)&start=3600&end=7200",
  ]);
  const { stdout } = await query("traceql", "{} | rate()", "--start", "-1h", "--end", "7000", "--step", "1m");
  assert.equal(
    stdout,
    `time                      series  value
1970-01-01T00:01:00.000Z  rate    0.5
1970-01-01T00:02:00.000Z  rate    Infinity
`,
  );
  assert.deepEqual(asked, ["/tempo/api/metrics/query_range?q={} | rate()&start=3600&end=7000&step=1m"]);
});

test("what is no TraceQL, or none of a metric, is searched for: the server says what is wrong", async () => {
  for (const text of ["{ status = error }", "{ status = "]) {
    await query("traceql", text);
    assert.deepEqual(asked, [`/tempo/api/search?q=${text}&start=3600&end=7200&limit=20`]);
  }
});
