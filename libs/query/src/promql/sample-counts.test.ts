import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine, readQuery } from "./engine.ts";
import { labelsOf } from "./labels.ts";
import { createMemorySource } from "./memory-source.ts";
import { countingSource } from "./sample-counts.ts";

const minute = 60_000;
const engine = createEngine();
const { signal } = new AbortController();

/** Two series, one sample each minute from the first to the tenth; the second one ends at the sixth. */
const stored = createMemorySource();
for (const [name, minutes] of [
  ["long", 10],
  ["short", 5],
] as const) {
  const labels = labelsOf([
    ["__name__", "x"],
    ["name", name],
  ]);
  for (let at = 1; at <= minutes; at++) stored.put(labels, at * minute, at);
  if (name === "short") stored.put(labels, 6 * minute, "stale");
}

/** From the third to the ninth minute. */
const range = { startMs: 3 * minute, endMs: 9 * minute, stepMs: 2 * minute };

const cases: readonly (readonly [query: string, atNine: number, perStep: readonly number[]])[] = [
  ["x", 1, [2, 2, 1, 1]],
  ["x offset 2m", 1, [2, 2, 2, 1]],
  ["sum(x) / count(x)", 2, [4, 4, 2, 2]],
  // Marks of the end are no samples.
  ["sum_over_time(x[3m])", 3, [6, 6, 4, 3]],
  ["x @ 180", 2, [2, 2, 2, 2]],
  ["x + x @ 180", 3, [4, 4, 3, 3]],
  // Ten points of the subquery look at two series, of which one ends.
  ["max_over_time(x[4m:1m])", 4, [0, 0, 0, 14]],
  ["vector(1)", 0, [0, 0, 0, 0]],
];

for (const [text, atNine, perStep] of cases) {
  test(`${text} looks at as many samples`, async () => {
    const query = readQuery(text);
    const once = countingSource(stored, { count: 1, stepMs: 0 }, Date.now);
    await engine.instant(query, 9 * minute, { source: once, signal });
    assert.deepEqual([...once.samplesPerStep()], [atNine]);
    const many = countingSource(stored, { count: 4, stepMs: range.stepMs }, Date.now);
    await engine.range(query, range, { source: many, signal });
    assert.deepEqual([...many.samplesPerStep()], perStep);
  });
}

test("the time of selections that overlap counts once", async () => {
  let now = 0;
  const turns: (() => void)[] = [];
  const slow = {
    select: () => new Promise<[]>((resolve) => turns.push(() => resolve([]))),
  };
  const counted = countingSource(slow, { count: 1, stepMs: 0 }, () => now);
  const hints = { stepMs: 0, rangeMs: 0, windowMs: 1, function: "", grouping: null, by: false };
  const notes = { inform: () => undefined, warn: () => undefined };
  const whenReleased = () => undefined;
  const select = () => counted.select({ matchers: [], startMs: 0, endMs: 0, hints, notes, whenReleased }, signal);
  const both = [select(), select()];
  now = 5;
  turns[0]?.();
  await both[0];
  now = 9;
  turns[1]?.();
  await both[1];
  assert.equal(counted.selectingMs(), 9);
});
