import assert from "node:assert/strict";
import { test } from "node:test";
import {
  momentMs,
  parseRange,
  rangeOf,
  rangeQuery,
  refreshMs,
  relativeLabel,
  resolveRange,
  shiftRange,
  widenRange,
} from "./time-range.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const fallback = { start: "-1h", end: "now" };

test("a moment is now, a time before now, unix milliseconds or RFC 3339", () => {
  const cases: [string, string | undefined][] = [
    ["now", "2026-11-21T12:00:00.000Z"],
    ["-15m", "2026-11-21T11:45:00.000Z"],
    ["-7d", "2026-11-14T12:00:00.000Z"],
    ["1795262400000", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T01:50:39.123456789Z", "2026-11-21T01:50:39.123Z"],
    ["-15x", undefined],
    ["yesterday", undefined],
  ];
  for (const [text, want] of cases) {
    const ms = momentMs(text, now);
    assert.equal(ms === undefined ? undefined : new Date(ms).toISOString(), want, text);
  }
});

test("a range that means nothing becomes the default", () => {
  const cases: [string | null, string | null, { start: string; end: string }][] = [
    [null, null, fallback],
    ["-6h", null, { start: "-6h", end: "now" }],
    ["-6h", "-1h", { start: "-6h", end: "-1h" }],
    ["-1h", "-6h", fallback],
    ["now", "now", fallback],
    ["rubbish", "now", fallback],
    ["2026-11-21T01:00:00Z", "2026-11-21T00:00:00Z", fallback],
    ["2026-11-21T01:00:00Z", "now", { start: "2026-11-21T01:00:00Z", end: "now" }],
  ];
  for (const [start, end, want] of cases) assert.deepEqual(parseRange(start, end, fallback), want, `${start} ${end}`);
});

test("a range that ends now leaves the end to the server and refreshes by its length", () => {
  assert.deepEqual(rangeQuery({ start: "-1h", end: "now" }), { start: "-1h", end: undefined });
  assert.equal(refreshMs({ start: "-5m", end: "now" }), 5_000);
  assert.equal(refreshMs({ start: "-1h", end: "now" }), 15_000);
  assert.equal(refreshMs({ start: "-30d", end: "now" }), 60_000);
  assert.equal(refreshMs(rangeOf(now - 1000, now)), false);
});

test("labels speak of one and of many", () => {
  assert.equal(relativeLabel("-1h"), "Last hour");
  assert.equal(relativeLabel("-15m"), "Last 15 minutes");
  assert.equal(relativeLabel("2026-11-21T01:00:00Z"), undefined);
});

test("shifting moves by the length, widening doubles it but not into the future", () => {
  assert.deepEqual(resolveRange(shiftRange(fallback, -1, now), now), {
    startMs: now - 7_200_000,
    endMs: now - 3_600_000,
  });
  assert.deepEqual(resolveRange(widenRange(fallback, now), now), { startMs: now - 7_200_000, endMs: now });
  const past = rangeOf(now - 7_200_000, now - 3_600_000);
  assert.deepEqual(resolveRange(widenRange(past, now), now), { startMs: now - 9_000_000, endMs: now - 1_800_000 });
});
