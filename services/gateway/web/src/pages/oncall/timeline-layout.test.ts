import assert from "node:assert/strict";
import { test } from "node:test";
import { localText, momentOfLocal } from "../../time/local-text.ts";
import { daysOf, hoursBetween, placeOf, windowOfWeeks } from "./timeline-layout.ts";

const HOUR_MS = 3_600_000;

test("what is in the window has a place in it", () => {
  const window = { startMs: 1000, endMs: 2000 };
  assert.deepEqual(placeOf(1250, 1500, window), { left: 25, width: 25 });
  assert.deepEqual(placeOf(0, 9000, window), { left: 0, width: 100 });
  assert.equal(placeOf(0, 1000, window), undefined);
  assert.equal(placeOf(2000, 3000, window), undefined);
});

test("weeks begin on Monday, here", () => {
  const wednesday = new Date(2026, 10, 4, 15).getTime();
  const { startMs, endMs } = windowOfWeeks(wednesday, 2);
  assert.equal(startMs, new Date(2026, 10, 2).getTime());
  assert.equal(endMs, new Date(2026, 10, 16).getTime());
  assert.deepEqual(windowOfWeeks(wednesday, 2, -1).startMs, new Date(2026, 9, 26).getTime());
  assert.equal(daysOf({ startMs, endMs }).length, 14);
  assert.equal(windowOfWeeks(new Date(2026, 10, 8, 23).getTime(), 1).startMs, startMs, "Sunday is the last day");
});

test("dragging takes whole hours, in either direction", () => {
  const window = { startMs: 0, endMs: 10 * HOUR_MS };
  assert.deepEqual(hoursBetween(0.25, 0.41, window), { startMs: 2 * HOUR_MS, endMs: 5 * HOUR_MS });
  assert.deepEqual(hoursBetween(0.41, 0.25, window), { startMs: 2 * HOUR_MS, endMs: 5 * HOUR_MS });
  assert.deepEqual(hoursBetween(0.2, 0.2, window), { startMs: 2 * HOUR_MS, endMs: 3 * HOUR_MS });
  assert.deepEqual(hoursBetween(-1, 2, window), window);
});

test("a field of local time gives back what it shows", () => {
  const ms = new Date(2026, 10, 4, 15, 30).getTime();
  assert.equal(localText(ms), "2026-11-04T15:30");
  assert.equal(momentOfLocal(localText(ms)), new Date(ms).toISOString());
  assert.equal(momentOfLocal(""), "");
});
