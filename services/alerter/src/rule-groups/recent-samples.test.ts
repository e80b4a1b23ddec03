import assert from "node:assert/strict";
import { test } from "node:test";
import type { WrittenSample } from "@sightline/rules/evaluate/written-samples";
import { createRecentSamples } from "./recent-samples.ts";

const sample = (name: string, atMs = 0): WrittenSample => ({ labels: { __name__: name }, atMs, value: 1 });
const times = (samples: readonly WrittenSample[]) => samples.map(({ atMs }) => atMs);

test("an expression gets what was recorded under the names that are in it", () => {
  const recent = createRecentSamples({ clock: () => 0 });
  recent.add("a", [sample("job:up:sum", 1), sample("job:down:sum", 2)]);
  recent.add("a", [sample("job:up:sum", 3), sample("größe", 4)]);
  recent.add("b", [sample("job:up:sum", 5)]);
  const cases: readonly (readonly [tenant: string, expression: string, want: readonly number[]])[] = [
    ["a", 'sum(job:up:sum{job="x"}) > 0', [1, 3]],
    ["a", "job:up:sum / job:down:sum", [1, 3, 2]],
    ["a", '{"größe"}', [4]],
    ["a", "{__name__='job:down:sum'}", [2]],
    ["a", "job:up:summary", []],
    ["b", "rate(job:up:sum[5m])", [5]],
    ["c", "job:up:sum", []],
  ];
  for (const [tenant, expression, want] of cases)
    assert.deepEqual(times(recent.usedBy(tenant, expression)), want, expression);
});

test("what has arrived by then is forgotten, and never more is kept than may be", () => {
  let nowMs = 0;
  const recent = createRecentSamples({ clock: () => nowMs, keepMs: 1000, maxSamples: 3 });
  recent.add("a", [sample("x", 1)]);
  nowMs = 900;
  recent.add("a", [sample("x", 2)]);
  assert.deepEqual(times(recent.usedBy("a", "x")), [1, 2]);
  nowMs = 1000;
  assert.deepEqual(times(recent.usedBy("a", "x")), [2]);
  recent.add("b", [sample("y", 3), sample("y", 4), sample("y", 5)]);
  assert.deepEqual([times(recent.usedBy("a", "x")), times(recent.usedBy("b", "y"))], [[], [3, 4, 5]]);
});
