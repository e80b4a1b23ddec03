import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBytes } from "./bytes.ts";
import { formatDuration, formatGoDuration, parseGoDuration, parsePrometheusDuration } from "./duration.ts";
import { floatProblem, formatGoFloat, parseGoFloat } from "./number.ts";
import { unquoteGo } from "./unquote.ts";

test("floats are read as Go reads them", () => {
  const read: [string, number | undefined][] = [
    ["1", 1],
    ["-1.5e3", -1500],
    [".5", 0.5],
    ["+Inf", Infinity],
    ["-infinity", -Infinity],
    ["0x1p-2", 0.25],
    ["0x1.8p1", 3],
    ["", undefined],
    [" 1", undefined],
    ["1_000", undefined],
    ["0x10", undefined],
    ["0b1", undefined],
    ["1e400", undefined],
    ["1.2.3", undefined],
  ];
  for (const [text, value] of read) assert.equal(parseGoFloat(text), value, text);
  assert.ok(Number.isNaN(parseGoFloat("NaN")));
  assert.equal(floatProblem("x"), 'strconv.ParseFloat: parsing "x": invalid syntax');
  assert.equal(floatProblem("1e400"), 'strconv.ParseFloat: parsing "1e400": value out of range');
});

test("a long text that is no float after all is refused as fast as it is read", () => {
  const startedAt = performance.now();
  for (const begin of ["", "0x"]) assert.equal(parseGoFloat(`${begin}${"9".repeat(1_000_000)}?`), undefined);
  // Trying every way to split the digits would take hours.
  assert.ok(performance.now() - startedAt < 5000);
});

test("floats are written as Go writes them", () => {
  const written: [number, string][] = [
    [1, "1"],
    [0.1, "0.1"],
    [1e21, "1e+21"],
    [1.5e-7, "1.5e-07"],
    [-0, "-0"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [Number.NaN, "NaN"],
  ];
  for (const [value, text] of written) assert.equal(formatGoFloat(value), text);
});

test("durations are read and written as Go and Prometheus do", () => {
  const go: [string, number | string][] = [
    ["1h30m", 5400e9],
    ["-1.5s", -1.5e9],
    ["3µs", 3000],
    ["0", 0],
    ["1d", 'time: unknown unit "d" in duration "1d"'],
    ["90", 'time: missing unit in duration "90"'],
    ["x", 'time: invalid duration "x"'],
    ["", 'time: invalid duration ""'],
    ["-", 'time: invalid duration "-"'],
    ["9999999h", 'time: invalid duration "9999999h"'],
  ];
  for (const [text, wanted] of go) {
    const parsed = parseGoDuration(text);
    assert.equal("ns" in parsed ? parsed.ns : parsed.problem, wanted, text);
  }
  const prometheus: [string, number | undefined][] = [
    ["1w2d", 9 * 86_400e9],
    ["1y", 365 * 86_400e9],
    ["1500ms", 1.5e9],
    ["0", 0],
    ["", undefined],
    ["1.5s", undefined],
    ["5minutes", undefined],
  ];
  for (const [text, ns] of prometheus) assert.equal(parsePrometheusDuration(text), ns, text);
  for (const text of ["5m", "1h30m", "1w", "8d", "1s500ms", "1s1500ns", "200ns", "-5m", "0s"]) {
    const parsed = parsePrometheusDuration(text) ?? parseGoDuration(text);
    const ns = typeof parsed === "number" ? parsed : "ns" in parsed ? parsed.ns : Number.NaN;
    assert.equal(formatDuration(ns), text);
  }
  for (const text of ["1h30m0s", "1.5s", "2µs", "150ms", "5m1s", "-3s", "7ns"]) {
    const parsed = parseGoDuration(text);
    assert.equal(formatGoDuration("ns" in parsed ? parsed.ns : Number.NaN), text);
  }
});

test("sizes are read as people write them", () => {
  const read: [string, number | string][] = [
    ["1KB", 1000],
    ["1KiB", 1024],
    ["2kb", 2000],
    ["1.5 MiB", 1_572_864],
    ["2,048", 2048],
    ["1.5B", 1],
    ["3g", 3e9],
    ["1XB", "unhandled size name: xb"],
    ["oops", 'strconv.ParseFloat: parsing "": invalid syntax'],
    ["20EB", "too large: 20EB"],
  ];
  for (const [text, wanted] of read) {
    const parsed = parseBytes(text);
    assert.equal("bytes" in parsed ? parsed.bytes : parsed.problem, wanted, text);
  }
});

test("escapes of strings are Go's", () => {
  assert.equal(unquoteGo('a\\n\\t\\"\\x41\\101\\u00e9\\U0001F600\\xc3\\xa9'), 'a\n\t"AAé😀é');
  for (const wrong of ["\\q", "\\x4", "\\u12", "\\ud800", "\\U00110000", "\\8", "\\"])
    assert.equal(unquoteGo(wrong), undefined, wrong);
});
