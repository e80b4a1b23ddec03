import assert from "node:assert/strict";
import { test } from "node:test";
import { FIVE_MINUTES, HOUR, joinBuckets, piecesOf } from "./spans.ts";

test("a span is cut where an hour begins", () => {
  assert.deepEqual(
    [...piecesOf({ from: 3000, until: 8000 }, HOUR)],
    [
      { from: 3000, until: 3600 },
      { from: 3600, until: 7200 },
      { from: 7200, until: 8000 },
    ],
  );
  assert.deepEqual([...piecesOf({ from: 3600, until: 3600 }, HOUR)], []);
});

test("buckets side by side become one span", () => {
  assert.deepEqual(joinBuckets([0, 300, 900], FIVE_MINUTES), [
    { from: 0, until: 600 },
    { from: 900, until: 1200 },
  ]);
});
