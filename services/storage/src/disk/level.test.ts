import assert from "node:assert/strict";
import { test } from "node:test";
import { type DiskLevel, levelOf } from "./level.ts";

test("levels follow the disk, and are not left for a little", () => {
  const marks = { warnPercent: 90, pausePercent: 95 };
  let level: DiskLevel = "ok";
  const levels = [50, 89.9, 90, 89.5, 95, 94.5, 93.9, 89.1, 88.9, 100].map((used) => {
    level = levelOf(used, level, marks);
    return level;
  });
  assert.deepEqual(levels, ["ok", "ok", "high", "high", "full", "full", "high", "high", "ok", "full"]);
});
