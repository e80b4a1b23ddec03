import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine, readQuery } from "./engine.ts";
import { createHistogram } from "./histogram/histogram.ts";
import { labelsOf } from "./labels.ts";
import type { SampledSeries } from "./samples.ts";

const minute = 60_000;
const engine = createEngine();
const { signal } = new AbortController();

type Given = Partial<SampledSeries> & { readonly at: readonly number[] };

/** A query at 10 minutes of one series, with samples so many minutes after the start. */
async function ask(query: string, { at, ...given }: Given): Promise<number | string | undefined> {
  const series = {
    labels: labelsOf([["__name__", "x_total"]]),
    times: Float64Array.from(at, (minutes) => minutes * minute),
    values: new Float64Array(at.length),
    histograms: null,
    startTimes: null,
    weights: null,
    isDelta: false,
    ...given,
  };
  const source = { select: async () => [series] };
  const { value } = await engine.instant(readQuery(query), 10 * minute, { source, signal });
  const sample = value.kind === "vector" ? value.samples[0]?.value : undefined;
  return typeof sample === "object" ? `${sample.count} ${sample.hint}` : sample;
}

const doubles = (...values: number[]) => Float64Array.from(values);

test("a counter of deltas grew by their sum", async () => {
  const three = { at: [1, 5, 9], values: doubles(10, 20, 30), isDelta: true };
  const cases: [string, Given, number | undefined][] = [
    ["increase(x_total[10m])", three, 60],
    ["rate(x_total[10m])", three, 0.1],
    ["increase(x_total[2m])", three, 30],
    // What lies at the start of a range is not in it.
    ["increase(x_total[5m])", three, 30],
    ["irate(x_total[10m])", three, 30 / 240],
    ["resets(x_total[10m])", { ...three, values: doubles(30, 20, 10) }, 0],
    ["sum_over_time(x_total[10m])", three, 60],
    ["increase(x_total[6m] smoothed)", three, 50],
    ["increase(x_total[30s])", { ...three, at: [1, 5, 9] }, undefined],
  ];
  for (const [query, given, want] of cases) assert.equal(await ask(query, given), want, query);
});

test("histograms of deltas are added up", async () => {
  const histograms = [4, 2, 3].map((count) => createHistogram({ count, zeroCount: count }));
  const given = { at: [1, 5, 9], histograms, isDelta: true };
  assert.equal(await ask("increase(x_total[10m])", given), "9 gauge");
  assert.equal(await ask("rate(x_total[10m])", given), "0.015 gauge");
  assert.equal(await ask("increase(x_total[6m] anchored)", given), "5 gauge");
});

test("samples that stand for several count as many", async () => {
  const given = { at: [1, 5, 9], values: doubles(10, 20, 30), weights: doubles(1, 2, 5) };
  const cases: [string, number][] = [
    ["count_over_time(x_total[10m])", 8],
    ["avg_over_time(x_total[10m])", (10 + 40 + 150) / 8],
    ["sum_over_time(x_total[10m])", 60],
    ["max_over_time(x_total[10m])", 30],
    // The samples of 8 minutes lie 8/7 apart, and the ends of the range no farther than 1.1 times that from the first and the last.
    ["increase(x_total[10m])", 20 * (10 / 8)],
  ];
  for (const [query, want] of cases) assert.equal(await ask(query, given), want, query);
});
