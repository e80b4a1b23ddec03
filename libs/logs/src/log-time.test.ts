import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { logTime } from "./log-time.ts";

const textOf = (value: unknown): string => {
  const time = logTime(value);
  return time === undefined ? "none" : formatRfc3339(time);
};

test("times as loggers write them, to the nanosecond", () => {
  const cases: [value: unknown, want: string][] = [
    ["2026-01-31T23:59:59Z", "2026-01-31T23:59:59.000000000Z"],
    ["2026-01-31T23:59:59.1Z", "2026-01-31T23:59:59.100000000Z"],
    ["2026-01-31T23:59:59.123456789Z", "2026-01-31T23:59:59.123456789Z"],
    ["2026-01-31T23:59:59.123+02:00", "2026-01-31T21:59:59.123000000Z"],
    ["2026-01-31T23:59:59+0200", "2026-01-31T21:59:59.000000000Z"],
    ["2026-01-31 23:59:59,123", "2026-01-31T23:59:59.123000000Z"],
    ["2026/01/31 23:59:59", "2026-01-31T23:59:59.000000000Z"],
    ["2026-01-31 23:59:59.5 UTC", "2026-01-31T23:59:59.500000000Z"],
    [1_700_000_000, "2023-11-14T22:13:20.000000000Z"],
    [1_700_000_000.25, "2023-11-14T22:13:20.250000000Z"],
    [1_700_000_000_123, "2023-11-14T22:13:20.123000000Z"],
    [1_700_000_000_123_456, "2023-11-14T22:13:20.123456000Z"],
    [1_700_000_000_123_456_789n, "2023-11-14T22:13:20.123456789Z"],
    ["1700000000", "2023-11-14T22:13:20.000000000Z"],
    ["1700000000.123456789", "2023-11-14T22:13:20.123456789Z"],
    ["1700000000123456789", "2023-11-14T22:13:20.123456789Z"],
    [{ epochSecond: 1_700_000_000, nanoOfSecond: 7 }, "2023-11-14T22:13:20.000000007Z"],
  ];
  for (const [value, want] of cases) assert.equal(textOf(value), want, String(value));
});

test("what is no time is none", () => {
  const cases: unknown[] = [
    "",
    "yesterday",
    "2026-02-30T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T23:59:61Z",
    "2026-01-31T23:59:5xZ",
    "2026-01-31T23:59:59.x1Z",
    "2026-13-01 00:00:00",
    "31/Jan/2026:23:59:59 +0000",
    "x".repeat(1000),
    42,
    -1,
    Number.NaN,
    Number.MAX_VALUE,
    10n ** 30n,
    true,
    null,
    [],
    { seconds: "x" },
    { seconds: 1_700_000_000, nanos: -1 },
  ];
  for (const value of cases) assert.equal(textOf(value), "none", String(value));
});
