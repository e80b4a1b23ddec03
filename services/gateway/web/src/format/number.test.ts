import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatCompact, formatNanos, formatPercent, significant } from "./number.ts";

test("numbers keep three digits that count", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [7, "7"],
    [1234, "1,234"],
    [12.345, "12.3"],
    [1.2345, "1.23"],
    [0.012345, "0.0123"],
    [123.45, "123"],
    [1234567, "1.23e+6"],
    [Number.NaN, "NaN"],
  ];
  for (const [value, want] of cases) assert.equal(significant(value), want);
});

test("units scale", () => {
  assert.equal(formatCompact(999), "999");
  assert.equal(formatCompact(12_345), "12.3 k");
  assert.equal(formatCompact(-4_500_000), "-4.5 M");
  assert.equal(formatBytes(0), "0 B");
  assert.equal(formatBytes(1536), "1.5 KiB");
  assert.equal(formatBytes(16 * 2 ** 30), "16 GiB");
  assert.equal(formatPercent(97.24), "97.2 %");
});

test("time spans scale from nanoseconds to hours", () => {
  const cases: [number, string][] = [
    [250, "250 ns"],
    [1_500, "1.5 µs"],
    [12_345_678, "12.3 ms"],
    [2_000_000_000, "2 s"],
    [125_000_000_000, "2 min 5 s"],
    [3_720_000_000_000, "1 h 2 min"],
  ];
  for (const [nanos, want] of cases) assert.equal(formatNanos(nanos), want);
});
