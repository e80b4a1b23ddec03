import assert from "node:assert/strict";
import { test } from "node:test";
import { elapsed, formatAgo, formatUtc, nanosOf } from "./format-time.ts";

test("ago reads as people say it", () => {
  const cases: [number, string][] = [
    [0, "just now"],
    [12, "12 s ago"],
    [300, "5 min ago"],
    [3 * 3600 + 20 * 60, "3 h 20 min ago"],
    [2 * 86_400, "2 d ago"],
    [-300, "in 5 min"],
  ];
  for (const [secondsAgo, want] of cases)
    assert.equal(formatAgo(1_000_000_000 - secondsAgo * 1000, 1_000_000_000), want);
});

test("elapsed keeps the two largest units", () => {
  assert.equal(elapsed(59), "59 s");
  assert.equal(elapsed(2 * 86_400 + 4 * 3600 + 59), "2 d 4 h");
});

test("nanoseconds of a moment are exact", () => {
  assert.equal(
    nanosOf("2026-11-21T01:50:39.123456789Z"),
    BigInt(Date.parse("2026-11-21T01:50:39Z")) * 1_000_000n + 123_456_789n,
  );
  assert.equal(nanosOf("1970-01-01T00:00:01Z"), 1_000_000_000n);
  assert.equal(nanosOf("1970-01-01T00:00:00.5Z"), 500_000_000n);
  assert.equal(nanosOf("rubbish"), 0n);
});

test("UTC keeps every digit", () => {
  assert.equal(formatUtc("2026-11-21T01:50:39.123456789Z"), "2026-11-21 01:50:39.123456789 UTC");
});
