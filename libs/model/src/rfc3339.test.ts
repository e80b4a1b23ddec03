import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRfc3339, parseRfc3339 } from "./rfc3339.ts";

test("formats nanoseconds exactly", () => {
  const f = (unixNano: bigint, want: string) => assert.equal(formatRfc3339(unixNano), want);
  f(0n, "1970-01-01T00:00:00.000000000Z");
  f(1_795_225_839_123_456_789n, "2026-11-21T01:50:39.123456789Z");
  f(999_999_999n, "1970-01-01T00:00:00.999999999Z");
  f(-1n, "1969-12-31T23:59:59.999999999Z");
  f(9_223_372_036_854_775_807n, "2262-04-11T23:47:16.854775807Z");
});

test("parses what RFC 3339 allows", () => {
  const f = (text: string, want: bigint) => assert.equal(parseRfc3339(text), want, text);
  f("1970-01-01T00:00:00Z", 0n);
  f("2026-11-21T01:50:39.123456789Z", 1_795_225_839_123_456_789n);
  f("2026-11-21t01:50:39.1z", 1_795_225_839_100_000_000n);
  f("2026-11-21 01:50:39Z", 1_795_225_839_000_000_000n);
  f("2026-11-21T02:50:39.123456789+01:00", 1_795_225_839_123_456_789n);
  f("2026-11-20T20:20:39-05:30", 1_795_225_839_000_000_000n);
  f("2026-11-21T01:50:39.1234567899999Z", 1_795_225_839_123_456_789n);
  f("1969-12-31T23:59:59.999999999Z", -1n);
  f("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000n);
  f("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000n);
});

test("refuses what is no time", () => {
  for (const text of [
    "",
    "yesterday",
    "2026-11-21",
    "2026-11-21T01:50:39",
    "2026-11-21T01:50Z",
    "2026-13-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21T01:60:00Z",
    "2026-11-21T01:50:61Z",
    "2026-11-21T01:50:39.Z",
    "2026-11-21T01:50:39+24:00",
    "2026-11-21T01:50:39+0100",
    " 2026-11-21T01:50:39Z",
    "12026-11-21T01:50:39Z",
  ]) {
    assert.equal(parseRfc3339(text), undefined, text);
  }
});

test("what was formatted parses back", () => {
  let state = 7n;
  for (let round = 0; round < 1000; round++) {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    const unixNano = state >> 1n;
    assert.equal(parseRfc3339(formatRfc3339(unixNano)), unixNano);
  }
});
