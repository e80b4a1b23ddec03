import assert from "node:assert/strict";
import { test } from "node:test";
import { sparklinePaths } from "./sparkline-paths.ts";

const box = { width: 100, height: 20, max: 100 };

test("a line from edge to edge, a gap where values are missing", () => {
  assert.equal(sparklinePaths([0, 100], box).line, "M0.0 18.5L100.0 1.5");
  assert.equal(sparklinePaths([0, null, 100], box).line, "M0.0 18.5M100.0 1.5");
  assert.equal(sparklinePaths([0, 100], box).area, "M0.0 18.5L100.0 1.5L100.0 20L0.0 20Z");
});

test("values beyond the top stay inside, no values draw nothing", () => {
  assert.equal(sparklinePaths([500], box).line, "M0.0 1.5");
  assert.deepEqual(sparklinePaths([], box), { line: "", area: "" });
  assert.deepEqual(sparklinePaths([null], box), { line: "", area: "" });
});
