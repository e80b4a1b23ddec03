import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBytes } from "./bytes.ts";
import { formatGoDuration, parseGoDuration } from "./duration.ts";
import { formatFloat, formatNumber, formatShort } from "./format-float.ts";
import { floatProblem, parseGoFloat } from "./parse-float.ts";
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
    ["1_000", 1000],
    ["1_0.5_0e1_0", 10.5e10],
    ["0x_1p-2", 0.25],
    ["0x1_0p1_0", 16_384],
    ["_1", undefined],
    ["1_", undefined],
    ["1__0", undefined],
    ["1_.5", undefined],
    ["1._5", undefined],
    ["1e_1", undefined],
    ["0b1_0", undefined],
    ["in_f", undefined],
    ["0x10", undefined],
    ["0b1", undefined],
    ["1e400", undefined],
    ["1.2.3", undefined],
  ];
  for (const [text, value] of read) assert.equal(parseGoFloat(text), value, text);
  assert.ok(Number.isNaN(parseGoFloat("NaN")));
  assert.equal(floatProblem("x"), 'strconv.ParseFloat: parsing "x": invalid syntax');
  assert.equal(floatProblem("1_0e400"), 'strconv.ParseFloat: parsing "1_0e400": value out of range');
  assert.equal(floatProblem("1e400"), 'strconv.ParseFloat: parsing "1e400": value out of range');
});

test("a long text that is no float after all is refused as fast as it is read", () => {
  const startedAt = performance.now();
  for (const begin of ["", "0x"]) assert.equal(parseGoFloat(`${begin}${"9".repeat(1_000_000)}?`), undefined);
  // Trying every way to split the digits would take hours.
  assert.ok(performance.now() - startedAt < 5000);
});

/** What Go's strconv.FormatFloat gives with -1 digits, by form: 'g' (and `%v`), 'f', 'E'. */
const shortest: readonly (readonly [value: number, g: string, f: string, exponent: string])[] = [
  [1, "1", "1", "1E+00"],
  [0.1, "0.1", "0.1", "1E-01"],
  [123_456, "123456", "123456", "1.23456E+05"],
  [999_999.5, "999999.5", "999999.5", "9.999995E+05"],
  [1e6, "1e+06", "1000000", "1E+06"],
  [1_234_567, "1.234567e+06", "1234567", "1.234567E+06"],
  [1e20, "1e+20", "100000000000000000000", "1E+20"],
  [1e21, "1e+21", "1000000000000000000000", "1E+21"],
  [1.5e300, "1.5e+300", `15${"0".repeat(299)}`, "1.5E+300"],
  [1e-4, "0.0001", "0.0001", "1E-04"],
  [1.234e-5, "1.234e-05", "0.00001234", "1.234E-05"],
  [-1.5e-7, "-1.5e-07", "-0.00000015", "-1.5E-07"],
  [5e-324, "5e-324", `0.${"0".repeat(323)}5`, "5E-324"],
  [0, "0", "0", "0E+00"],
  [-0, "-0", "-0", "-0E+00"],
  [Infinity, "+Inf", "+Inf", "+Inf"],
  [-Infinity, "-Inf", "-Inf", "-Inf"],
  [Number.NaN, "NaN", "NaN", "NaN"],
];

test("floats are written as Go writes them", () => {
  for (const [value, g, f, exponent] of shortest) {
    assert.equal(formatShort(value), g);
    assert.equal(formatNumber(value), f);
    const forms = (["g", "f", "E"] as const).map((form) => formatFloat(value, form, -1));
    assert.deepEqual(forms, [g, f, exponent]);
  }
});

test("durations are read and written as Go does", () => {
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
