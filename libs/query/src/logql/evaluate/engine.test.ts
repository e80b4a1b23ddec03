import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@sightline/testkit/random";
import { parseLogQuery, parseLogql, parseSelector } from "../logql.ts";
import { planLogql, type QueryParameters } from "../plan/plan.ts";
import type { StoredLine } from "../stages/line.ts";
import { createMemorySource } from "../testing/memory-source.ts";
import { testLimits } from "../testing/run-script.ts";
import { type EvaluateOptions, evaluateLogql } from "./engine.ts";
import type { LogqlResult } from "./result.ts";
import { createTail } from "./tail.ts";

const second = 1_000_000_000n;

const lines: StoredLine[] = Array.from({ length: 100 }, (_, at) => ({
  timestampNs: BigInt(at) * second,
  text: `n=${at} pod=p${at % 10}`,
  stream: new Map([["app", "a"]]),
  metadata: at % 2 === 0 ? new Map([["trace", `t${at}`]]) : null,
}));

const parameters: QueryParameters = {
  startNs: 0n,
  endNs: 100n * second,
  stepNs: 10e9,
  direction: "backward",
  limit: 5,
  nowNs: 0n,
  maxSteps: 11_000,
};

interface Given {
  readonly parameters?: Partial<QueryParameters>;
  readonly options?: Partial<EvaluateOptions>;
}

async function run(query: string, given: Given = {}): Promise<LogqlResult> {
  const plan = planLogql(parseLogql(query), { ...parameters, ...given.parameters });
  const signal = AbortSignal.timeout(10_000);
  return await evaluateLogql(plan, { source: createMemorySource(lines), limits: testLimits, signal, ...given.options });
}

const texts = (result: LogqlResult) =>
  result.type === "streams" ? result.streams.flatMap((stream) => stream.lines.map(({ text }) => text)) : [];

test("reading ends with the line that fills the limit", async () => {
  const result = await run('{app="a"} | logfmt | pod="p3"', { options: { categorizeLabels: true } });
  assert.deepEqual(texts(result), ["n=93 pod=p3", "n=83 pod=p3", "n=73 pod=p3", "n=63 pod=p3", "n=53 pod=p3"]);
  assert.ok(result.statistics.lines <= 50, `read ${result.statistics.lines} lines`);
});

test("without categories all labels name the stream, and none is said twice", async () => {
  const result = await run('{app="a"} | logfmt', { parameters: { limit: 2 } });
  const streams = result.type === "streams" ? result.streams : [];
  assert.deepEqual(
    streams.map(({ labels }) => [...labels]),
    [
      [
        ["app", "a"],
        ["n", "99"],
        ["pod", "p9"],
      ],
      [
        ["app", "a"],
        ["n", "98"],
        ["pod", "p8"],
        ["trace", "t98"],
      ],
    ],
  );
  assert.deepEqual([...(streams[1]?.lines[0]?.metadata ?? ["none"])], []);
});

test("with categories each line has its own labels", async () => {
  const result = await run('{app="a"} | logfmt n', { parameters: { limit: 2 }, options: { categorizeLabels: true } });
  const [stream, ...more] = result.type === "streams" ? result.streams : [];
  assert.equal(more.length, 0);
  assert.deepEqual([...(stream?.labels ?? [])], [["app", "a"]]);
  assert.deepEqual(
    stream?.lines.map(({ metadata, parsed }) => [[...metadata], [...parsed]]),
    [
      [[], [["n", "99"]]],
      [[["trace", "t98"]], [["n", "98"]]],
    ],
  );
});

test("with an interval lines that follow too soon are left out", async () => {
  const given = {
    parameters: { intervalNs: 20e9, direction: "forward", limit: 100 },
    options: { categorizeLabels: true },
  } as const;
  assert.deepEqual(texts(await run('{app="a"}', given)), [
    "n=0 pod=p0",
    "n=20 pod=p0",
    "n=40 pod=p0",
    "n=60 pod=p0",
    "n=80 pod=p0",
  ]);
});

test("too many series are refused in Loki's words", async () => {
  const options = { limits: { ...testLimits, maxSeries: 9 } };
  await assert.rejects(
    run('count_over_time({app="a"} | logfmt pod [10s])', { options }),
    /maximum number of series \(9\) reached/,
  );
  const sum = await run('sum(count_over_time({app="a"} | logfmt pod [10s]))', { options });
  assert.equal(sum.type === "matrix" && sum.series.length, 1);
});

test("memory is bounded by what series, samples and answers may take", async () => {
  const cells = { limits: { ...testLimits, maxCells: 50 } };
  await assert.rejects(run('max(count_over_time({app="a"} | logfmt [10s]))', { options: cells }), {
    code: "resource_exhausted",
  });
  const samples = { limits: { ...testLimits, maxSamples: 20 } };
  await assert.rejects(
    run('quantile_over_time(0.5, {app="a"} | logfmt | unwrap n [10s]) by ()', { options: samples }),
    {
      code: "resource_exhausted",
    },
  );
  const characters = { limits: { ...testLimits, maxTextLength: 20 } };
  await assert.rejects(run('{app="a"}', { options: characters }), { code: "resource_exhausted" });
});

test("what the source throws the query throws, and its reading is ended", async () => {
  let isEnded = false;
  const source = {
    ...createMemorySource(lines),
    async *lines() {
      try {
        yield { streams: [new Map([["app", "a"]])], streamOf: [0], timestampsNs: [1n], texts: ["x"], metadata: [null] };
        throw new Error("the database is away");
      } finally {
        isEnded = true;
      }
    },
  };
  await assert.rejects(run('{app="a"}', { options: { source } }), /the database is away/);
  assert.ok(isEnded);
});

test("a result has the points of its grid in milliseconds", async () => {
  const result = await run('sum(count_over_time({app="a"}[20s]))', {
    parameters: { startNs: 10n * second, endNs: 40n * second },
  });
  assert.deepEqual(result.type === "matrix" && result.series, [
    {
      labels: new Map(),
      points: [
        { timestampMs: 10_000, value: 11 },
        { timestampMs: 20_000, value: 20 },
        { timestampMs: 30_000, value: 20 },
        { timestampMs: 40_000, value: 20 },
      ],
    },
  ]);
});

test("a number over a range is a series without labels", async () => {
  const result = await run("1 + 1", { parameters: { endNs: 10n * second } });
  assert.deepEqual(result.type === "matrix" && result.series[0]?.points, [
    { timestampMs: 0, value: 2 },
    { timestampMs: 10_000, value: 2 },
  ]);
});

test("counting in the database and counting lines come to the same", async () => {
  for (const range of ["7s", "10s", "25s", "40s"]) {
    const inDatabase = await run(`count_over_time({app="a"} |~ "pod=p[7-9]" [${range}])`);
    const inProcess = await run(`count_over_time({app="a"} |~ "pod=p[7-9]" |> "<_>pod=p<_>" [${range}])`);
    assert.ok(inDatabase.type === "matrix" && inDatabase.series.length > 0);
    assert.deepEqual({ ...inDatabase, statistics: null }, { ...inProcess, statistics: null }, range);
  }
});

test("who follows a query sees the lines that it wants, of the streams that it wants", () => {
  const tail = createTail(parseLogQuery('{app="a"} | logfmt | pod="p3"'), { nowNs: 0n, categorizeLabels: true });
  const other = new Map([["app", "b"]]);
  const seen = [...lines, ...lines.map((line) => ({ ...line, stream: other }))]
    .filter(({ stream }) => tail.wants(stream))
    .map(tail.show)
    .filter((line) => line !== null);
  assert.deepEqual(
    seen.slice(0, 2).map(({ labels, line }) => [[...labels], line.text, [...line.parsed]]),
    [
      [
        [["app", "a"]],
        "n=3 pod=p3",
        [
          ["n", "3"],
          ["pod", "p3"],
        ],
      ],
      [
        [["app", "a"]],
        "n=13 pod=p3",
        [
          ["n", "13"],
          ["pod", "p3"],
        ],
      ],
    ],
  );
  assert.equal(seen.length, 10);
});

test("a selector alone is told from a query", () => {
  assert.deepEqual(
    parseSelector('{app=~"a.+", pod!="b"}').map(({ name, operator, value }) => [name, operator, value]),
    [
      ["app", "=~", "a.+"],
      ["pod", "!=", "b"],
    ],
  );
  assert.throws(() => parseSelector('{app="a"} |= "x"'), /only label matchers is supported/);
  assert.throws(() => parseLogQuery("vector(1)"), /only log selector is supported/);
});

test("a query that nobody waits for any more ends with the chunk", async () => {
  const aborting = new AbortController();
  let chunks = 0;
  const source = {
    ...createMemorySource(lines),
    async *lines() {
      for (;;) {
        if (++chunks === 3) aborting.abort();
        yield { streams: [new Map([["app", "a"]])], streamOf: [0], timestampsNs: [1n], texts: ["x"], metadata: [null] };
      }
    },
  };
  const options = { source, signal: aborting.signal };
  await assert.rejects(run('{app="a"}', { options, parameters: { limit: 1000 } }), { name: "AbortError" });
  assert.equal(chunks, 3);
});

test("a query that goes through costly lines lets others run, and ends between two lines", async () => {
  const chunk = {
    streams: [new Map([["app", "a"]])],
    streamOf: Array.from({ length: 4096 }, () => 0),
    timestampsNs: BigInt64Array.from({ length: 4096 }, (_, at) => BigInt(at)),
    texts: Array.from({ length: 4096 }, () => "x"),
    metadata: Array.from({ length: 4096 }, () => null),
  };
  const source = {
    ...createMemorySource(lines),
    async *lines() {
      yield chunk;
    },
  };
  // Some 10 ms a line: the chunk would take most of a minute.
  const costly = '{app="a"} | line_format "{{ range 60000 }}{{ end }}"';
  for (const query of [costly, `count_over_time(${costly} [20s])`]) {
    const aborting = new AbortController();
    const options = { source, signal: aborting.signal };
    const { user: before } = process.cpuUsage();
    const answer = run(query, { options, parameters: { limit: 5000 } });
    setImmediate(() => setImmediate(() => aborting.abort()));
    await assert.rejects(answer, { name: "AbortError" });
    assert.ok(process.cpuUsage().user - before < 10e6);
  }
});

test("no value can pass for another series", async () => {
  const tricky = [`a="1" b="2"`, `a="1ÿbÿ2"`, `a="1\u0000b\u00002"`, `a="11:1:b2"`, `b="2" a="1"`, `a="1"`];
  const stored = tricky.map((text, at) => ({ ...(lines[0] ?? assert.fail()), text, timestampNs: BigInt(at) * second }));
  const options = { source: createMemorySource(stored) };
  const given = { options, parameters: { startNs: 10n * second, endNs: 10n * second, stepNs: 0 } };
  const result = await run('count_over_time({app="a"} | logfmt | drop trace [20s])', given);
  const counts =
    result.type === "vector"
      ? result.samples.map(({ labels, value }) => [labels.get("a"), labels.get("b"), value])
      : [];
  assert.deepEqual(counts, [
    ["1", undefined, 1],
    ["1", "2", 2],
    ["1\u0000b\u00002", undefined, 1],
    ["11:1:b2", undefined, 1],
    ["1ÿbÿ2", undefined, 1],
  ]);
});

test("quantiles of windows that overlap are those of their samples", async () => {
  const random = createRandom(5);
  const stored = Array.from({ length: 300 }, (_, at) => ({
    ...(lines[0] ?? assert.fail()),
    timestampNs: BigInt(random.below(100)) * second,
    text: `v=${at % 50 === 0 ? "NaN" : random.below(40) - 20}`,
  }));
  const options = { source: createMemorySource(stored) };
  const given = { options, parameters: { stepNs: 7e9 } };
  for (const q of [0, 0.1, 0.5, 0.99, 1]) {
    const query = `quantile_over_time(${q}, {app="a"} | logfmt | unwrap v [23s]) by ()`;
    const result = await run(query, given);
    assert.ok(result.type === "matrix" && result.series.length === 1);
    for (const { timestampMs, value } of result.series[0]?.points ?? []) {
      const inside = stored.filter(({ timestampNs }) => {
        const ms = Number(timestampNs / 1_000_000n);
        return ms > timestampMs - 23_000 && ms <= timestampMs;
      });
      const values = inside.map(({ text }) => Number(text.slice(2)));
      values.sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b));
      const rank = q * (values.length - 1);
      const [below = 0, above = 0] = [
        values[Math.floor(rank)],
        values[Math.min(values.length - 1, Math.floor(rank) + 1)],
      ];
      const weight = rank - Math.floor(rank);
      const want = below * (1 - weight) + above * weight;
      assert.ok(
        Object.is(value, want) || Math.abs(value - want) < 1e-9,
        `${q} at ${timestampMs}: got ${value}, want ${want}`,
      );
    }
  }
});

test("a chain of operators lets others run, and ends when nobody waits any more", async () => {
  const count = 'count_over_time({app="a"}[1m])';
  const fine = { stepNs: 10_000_000, maxSteps: 11_000 };
  for (const query of [
    `${count}${" + 1".repeat(900)}`,
    `${count}${` or ${count}`.repeat(300)}`,
    `${count}${` * ${count}`.repeat(300)}`,
    `${"sum(".repeat(100)}${count}${")".repeat(100)}${" - 1".repeat(700)}`,
  ]) {
    const aborting = new AbortController();
    setTimeout(() => aborting.abort(new Error("nobody waits")), 1);
    const options = { signal: aborting.signal, limits: { ...testLimits, maxCells: 10_000_000 } };
    await assert.rejects(run(query, { parameters: fine, options }), /nobody waits/, query.slice(0, 60));
  }
});

test("at each point a set operator looks at all series of the other side once", async () => {
  const query = (operator: string) =>
    `sum by (pod) (count_over_time({app="a"} | logfmt [20s])) ${operator} on () count_over_time({app="a"} |= "n=3" [10s])`;
  const there = async (operator: string) => {
    const result = await run(query(operator));
    assert.equal(result.type, "matrix");
    return result.type === "matrix"
      ? new Set(result.series.flatMap(({ points }) => points.map(({ timestampMs }) => timestampMs)))
      : new Set();
  };
  const both = await there("and");
  const only = await there("unless");
  assert.ok(both.size > 0 && only.size > 0);
  assert.equal(both.intersection(only).size, 0);
});
