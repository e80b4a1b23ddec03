import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { createEngine, type RangeTimes, readQuery } from "./engine.ts";
import { labelsOf } from "./labels.ts";
import { createMemorySource } from "./memory-source.ts";
import type { SampleSource } from "./source.ts";

const minute = 60_000;

function counters(count: number): SampleSource {
  const source = createMemorySource();
  for (let series = 0; series < count; series++) {
    const labels = labelsOf([
      ["__name__", "requests_total"],
      ["pod", `pod-${series}`],
    ]);
    for (let sample = 0; sample <= 60; sample++) source.put(labels, sample * minute, sample * 6);
  }
  return source;
}

const hour: RangeTimes = { startMs: 0, endMs: 60 * minute, stepMs: minute };

async function refusal(run: () => Promise<unknown>): Promise<{ code: ErrorCode; message: string }> {
  try {
    await run();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new assert.AssertionError({ message: "expected a refusal" });
}

describe("the limits of PromQL's engine", () => {
  const run = { source: counters(20), signal: new AbortController().signal };

  it("refuses a query that would hold more samples than there may be", async () => {
    const engine = createEngine({ maxSamples: 500 });
    assert.deepEqual(await refusal(() => engine.range(readQuery("rate(requests_total[5m])"), hour, run)), {
      code: "resource_exhausted",
      message: "query processing would load too many samples into memory in query execution",
    });
    const { value } = await engine.instant(readQuery("sum(rate(requests_total[5m]))"), hour.endMs, run);
    assert.equal(value.kind, "vector");
  });

  for (const query of [
    "vector(1)[1d:1ms]",
    "vector(1)[100y:1ms]",
    "sum_over_time(vector(1)[290y:1ms])",
    "count_over_time((vector(1) > 2)[1h:1ms])",
    "max_over_time(requests_total[1d:1ms])",
    "absent_over_time(vector(1)[1d:1ms])",
    "sum_over_time((vector(time()) + time() * 2)[1d:1ms])",
    'count_over_time(count_values("value", vector(time()))[1m:10ms])',
    "max_over_time(topk(1, requests_total)[30s:1ms])",
    "avg_over_time(requests_total[10m:50ms])",
  ]) {
    it(`refuses ${query} before it has the samples`, async () => {
      const engine = createEngine({ maxSamples: 100_000 });
      // The most that the process ever had, what was given back before anybody looks as well.
      const before = process.resourceUsage().maxRSS;
      const refused = await refusal(() => engine.instant(readQuery(query), hour.endMs, run));
      assert.equal(refused.code, "resource_exhausted");
      const grownKilobytes = process.resourceUsage().maxRSS - before;
      assert.ok(grownKilobytes < 16_000, `grew by ${grownKilobytes} kB`);
    });
  }

  it("counts what is asked for at one time, and a step without a sample as half of one", async () => {
    const engine = createEngine({ maxSamples: 20_000 });
    const peakOf = async (query: string) => (await engine.instant(readQuery(query), hour.endMs, run)).peakSamples;
    assert.equal(await peakOf("1"), 1);
    assert.equal(await peakOf("requests_total[1h]"), 20 * 60);
    assert.ok((await peakOf("vector(1)[1h:1s]")) >= 3600);
    assert.ok((await peakOf("count_over_time((vector(1) > 2)[1h:1s])")) >= 3600);
    const sparse = await engine.range(readQuery("requests_total > 358"), { ...hour, stepMs: 30_000 }, run);
    assert.equal(sparse.peakSamples, 20 * 121 * 2 + 121);
  });

  it("counts what a function passes on once, and what it makes beside that", async () => {
    const engine = createEngine({ maxSamples: 20_000 });
    const peakOf = async (query: string) => (await engine.range(readQuery(query), hour, run)).peakSamples;
    const once = 20 * 61;
    assert.equal(await peakOf("requests_total"), once);
    for (const query of [
      'label_replace(requests_total, "host", "$1", "pod", "(.*)")',
      'label_join(sort_desc(requests_total), "host", "-", "pod")',
    ]) {
      assert.equal(await peakOf(query), once, query);
    }
    assert.equal(await peakOf("round(requests_total)"), 2 * once);
  });

  it("gives back what the parts of a query held before they were put together", async () => {
    const engine = createEngine({ maxSamples: 20 * 61 * 3 });
    const query = `${"abs(".repeat(12)}requests_total${")".repeat(12)}`;
    const { value } = await engine.range(readQuery(query), hour, run);
    assert.equal(value.kind === "matrix" && value.series.length, 20);
  });

  it("stops a subquery of millions of steps when nobody waits any more", async () => {
    const query = readQuery("max_over_time((requests_total + requests_total * requests_total)[1h:10ms])");
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1);
    const refused = await refusal(() => createEngine().instant(query, hour.endMs, { ...run, signal: stop.signal }));
    assert.equal(refused.code, "cancelled");
  });

  it("refuses more steps than there may be, and steps that lead nowhere", async () => {
    const engine = createEngine({ maxSteps: 59 });
    const query = readQuery("requests_total");
    const refusalOf = (times: RangeTimes) => refusal(() => engine.range(query, times, run));
    const tooMany = "exceeded maximum resolution of 59 points per timeseries";
    assert.deepEqual(await refusalOf(hour), {
      code: "invalid_argument",
      message: `${tooMany}. Try decreasing the query resolution (?step=XX)`,
    });
    assert.match((await refusalOf({ ...hour, stepMs: 0 })).message, /zero or negative query resolution step/);
    assert.match((await refusalOf({ ...hour, endMs: -1 })).message, /end timestamp must not be before start time/);
  });

  it("has no range of texts and of range vectors", async () => {
    const engine = createEngine();
    for (const [query, type] of [
      ['"text"', "string"],
      ["requests_total[5m]", "range vector"],
    ] as const) {
      assert.deepEqual(await refusal(() => engine.range(readQuery(query), hour, run)), {
        code: "invalid_argument",
        message: `invalid expression type "${type}" for range query, must be Scalar or instant Vector`,
      });
    }
  });

  it("stops when nobody waits any more, and says why", async () => {
    const engine = createEngine();
    const query = readQuery("sum(rate(requests_total[5m]))");
    const stopped = (signal: AbortSignal) => refusal(() => engine.range(query, hour, { ...run, signal }));
    assert.deepEqual(await stopped(AbortSignal.abort()), {
      code: "cancelled",
      message: "query was canceled in expression evaluation",
    });
    const late = new AppError("deadline_exceeded", "too late");
    assert.deepEqual(await stopped(AbortSignal.abort(late)), {
      code: "deadline_exceeded",
      message: "query timed out in expression evaluation",
    });
  });

  const many = counters(100);
  for (const query of [
    "quantile_over_time(0.9, requests_total[1h:1s])",
    "quantile(0.9, requests_total)",
    "topk(5, requests_total)",
    'count_values("value", requests_total)',
    "requests_total * on(pod) requests_total",
    `${"ceil(".repeat(50)}requests_total${")".repeat(50)}`,
    `${"-(".repeat(50)}requests_total${")".repeat(50)}`,
  ]) {
    it(`lets others run while it calculates ${query}`, async () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 1);
      const times = { ...hour, stepMs: 330 };
      const refused = await refusal(() =>
        createEngine().range(readQuery(query), times, { source: many, signal: stop.signal }),
      );
      assert.equal(refused.code, "cancelled");
    });
  }

  it("passes on what the source throws", async () => {
    const source: SampleSource = {
      async select() {
        throw new AppError("unavailable", "the store is away");
      },
    };
    const refused = await refusal(() => createEngine().instant(readQuery("a + b"), 0, { ...run, source }));
    assert.deepEqual(refused, { code: "unavailable", message: "the store is away" });
  });

  it("counts a sample for as long as the query asks", async () => {
    const engine = createEngine();
    const at = hour.endMs + 7 * minute;
    const query = readQuery("count(requests_total)");
    const { value: usual } = await engine.instant(query, at, run);
    const { value: longer } = await engine.instant(query, at, { ...run, lookbackMs: 10 * minute });
    assert.deepEqual(usual, { kind: "vector", samples: [] });
    assert.deepEqual(longer, { kind: "vector", samples: [{ labels: labelsOf([]), ms: at, value: 20 }] });
  });
});
