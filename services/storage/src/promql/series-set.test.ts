import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatLabels, type Labels, labelsOf } from "@sightline/query/promql/labels";
import { createSeriesSet, type SamplePiece, type SeriesSet } from "./series-set.ts";

const [a, b, c] = ["a", "b", "c"].map((value): Labels => labelsOf([["job", value]]));
assert.ok(a !== undefined && b !== undefined && c !== undefined);

function piece(times: readonly number[], value: number): SamplePiece {
  const own = { times: Float64Array.from(times), values: new Float64Array(times.length).fill(value) };
  return { ...own, histograms: null, weights: null, isDelta: false };
}

function texts(set: SeriesSet): string[] {
  return set
    .series()
    .map(({ labels, times, values }) => `${formatLabels(labels)} ${times.join(",")} ${[...values].join(",")}`);
}

const [earlier, later] = [piece([1, 2], 10), piece([1, 2, 3], 20)];

describe("a set of series", () => {
  for (const [name, fill] of [
    ["one by one", (set: SeriesSet) => [earlier, later].map((one) => set.add(a, one))],
    ["one, then many", (set: SeriesSet) => [set.add(a, earlier), set.addAll([a], [later])]],
    ["many, then one", (set: SeriesSet) => [set.addAll([a], [earlier]), set.add(a, later)]],
    ["many, then many", (set: SeriesSet) => [earlier, later].map((one) => set.addAll([a], [one]))],
  ] as const) {
    test(`has the sample of a time that was added last: ${name}`, () => {
      const set = createSeriesSet();
      fill(set);
      assert.deepEqual(texts(set), ['{job="a"} 1,2,3 20,20,20']);
    });
  }

  test("has what was added at once, in the order of labels and times, beside what was not", () => {
    const set = createSeriesSet();
    set.addAll([a, b, c], [undefined, piece([1, 2], 1), piece([2, 1, 2], 2)]);
    assert.deepEqual(texts(set), ['{job="b"} 1,2 1,1', '{job="c"} 1,2 2,2']);
    set.add(a, piece([5], 3));
    set.add(b, piece([3], 4));
    assert.deepEqual(texts(set), ['{job="a"} 5 3', '{job="b"} 1,2,3 1,1,4', '{job="c"} 1,2 2,2']);
  });
});
