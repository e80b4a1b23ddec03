// The database must never drop a line of JSON or logfmt that a pipeline lets pass. More cases by SIGHTLINE_FUZZ_CASES.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import { parseLogql } from "../logql.ts";
import { createLine, fillLine, type StoredLine } from "../stages/line.ts";
import { createPipeline } from "../stages/pipeline.ts";
import { holds } from "../testing/memory-source.ts";
import { pushDown } from "./condition.ts";
import type { FieldFormat } from "./field-pattern.ts";

const cases = fuzzCases(20_000) / 20;

/** As they are written: many of them come to one of the labels below. */
const keys = [
  ...["n", " n", "\\u006e", "n\\t", "\u00a0n", "m", "m_n", "m.n", "m n", "m\\/n", "m é", "mén", "m😀n", "m\\u002en"],
  ...["", "_", "x", "x_m_n", "5n", "key_5n", "_5n", 'n\\"', "\\\\n", "m__n", "m..n"],
] as const;
const labels = ["n", "m", "m_n", "x_m_n", "_5n", "m__n", "x_n", "m_", "_"] as const;
const numbers = [
  ...["0", "5", "7", "05", "50", "-5", "-0", "5.0", "5.", "4.99", "5.5.5", "5e1", "50E-1", "0x5", "5x", "5-5"],
  ...["49", "500", "499.9", "500.5", "5000", "123456789012345678", "00500", "Infinity", "1_000", '5"', "5\\u0030"],
] as const;
const words = [
  "",
  " ",
  "5 ",
  "+5",
  ".5",
  "-",
  "-.5",
  "error",
  "err\\u006fr",
  "warn",
  "5 ms",
  "NaN",
  "inf",
  "a,b",
  "}",
] as const;
const others = ["true", "false", "null", "[5]", "nonsense", ""] as const;

function randomValue(random: Random, depth: number): string {
  switch (random.below(8)) {
    case 0:
      return depth > 0 ? randomObject(random, depth - 1) : "{}";
    case 1:
      return `"${random.pick(words)}"`;
    case 2:
      return `"${random.pick(numbers)}"`;
    case 3:
      return random.pick(others);
    default:
      return random.pick(numbers);
  }
}

function randomObject(random: Random, depth: number): string {
  const blank = () => random.pick(["", "", "", " ", "\n", "\t "]);
  const field = () => `${blank()}"${random.pick(keys)}"${blank()}:${blank()}${randomValue(random, depth)}${blank()}`;
  return `{${Array.from({ length: random.below(4) }, field).join(",")}}`;
}

function randomPairs(random: Random): string {
  const key = () => random.pick([...labels, "m.n", "mén", "5n", "\u00a0n", "m-n", "xn", "n\ufffd", ""]);
  const value = () =>
    random.pick([...numbers, ...words, "true", '"5"', '"error"', '"err\\u006fr"', '"a b n=5"', '"5\\n"', '"x']);
  const pair = () => `${key()}${random.pick(["=", "=", "=", "=", " ", "==", ""])}${value()}`;
  const between = () => random.pick([" ", " ", " ", "\t", ""]);
  return Array.from({ length: random.below(5) }, () => `${pair()}${between()}`).join("");
}

function randomFilter(random: Random): string {
  const label = random.pick(labels);
  const limit = random.pick(["0", "5", "5.5", "10", "49", "50", "499", "500", "900", "1e6", "-5"]);
  switch (random.below(8)) {
    case 0:
      return `${label}="${random.pick(["error", "5", "5.0", "true", "a,b", ""])}"`;
    case 1:
      return `${label}=~"${random.pick(["error|warn", "5|7", "err.r", "true"])}"`;
    case 2:
      return `${label}!="${random.pick(["error", "5"])}"`;
    case 3:
      return `(${label} > ${limit} or ${random.pick(labels)}="error")`;
    case 4:
      return `${label} > 5s`;
    default:
      return `${label} ${random.pick(["==", "!=", ">", ">=", "<", "<="])} ${limit}`;
  }
}

function randomStored(random: Random, format: FieldFormat): StoredLine {
  const object = format === "json" ? randomObject(random, 2) : randomPairs(random);
  const text = random.oneIn(6) ? object.slice(0, random.below(object.length + 1)) : object;
  const metadata = random.oneIn(4) ? new Map([[random.pick(labels), random.pick(["5", "600", "error"])]]) : null;
  return {
    timestampNs: 1n,
    text: `${random.pick(["", "", " ", "5"])}${text}`,
    stream: new Map([["app", "a"]]),
    metadata,
  };
}

for (const format of ["json", "logfmt"] as const) {
  test(`what a pipeline lets pass of lines of ${format} the database selects`, () => holdAgainst(format));
}

function holdAgainst(format: FieldFormat): void {
  const random = fuzzRandom(5);
  let passed = 0;
  let dropped = 0;
  let selectedInVain = 0;
  const parser = () => (format === "json" ? "json" : random.pick(["logfmt", "logfmt --strict"]));
  for (let round = 0; round < cases; round++) {
    const source = `{app="a"} ${random.pick(["", "", '| x!="y" '])}| ${parser()} | ${randomFilter(random)}`;
    const expression = parseLogql(source);
    if (expression.type !== "log") continue;
    const { conditions, isExact } = pushDown(expression.stages);
    assert.equal(isExact, false, source);
    const pipeline = createPipeline(expression, 0n);
    const line = createLine(null, false);
    for (let at = 0; at < 20; at++) {
      const stored = randomStored(random, format);
      fillLine(line, stored);
      const passes = pipeline(line);
      const isSelected = conditions.every((condition) => holds(condition, stored));
      if (passes && !isSelected) assert.fail(`not selected: ${source} for ${JSON.stringify(stored.text)}`);
      if (passes) passed++;
      else if (!isSelected) dropped++;
      else if (conditions.length > 0) selectedInVain++;
    }
  }
  const told = `passed ${passed}, dropped ${dropped}, not dropped ${selectedInVain}`;
  assert.ok(passed > cases && dropped > selectedInVain / 2, told);
}
