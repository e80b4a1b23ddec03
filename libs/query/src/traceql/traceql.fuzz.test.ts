// Texts that nobody would write, and trees that nobody would read. More of both by SIGHTLINE_FUZZ_CASES.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import type { FieldExpression, FieldReference, Static } from "./ast.ts";
import { formatFieldExpression } from "./format-field.ts";
import { INTRINSICS, type Intrinsic, KINDS, STATUSES } from "./intrinsic.ts";
import { ARITHMETIC, COMPARISONS, type FieldOperator, LOGICAL } from "./operators.ts";
import { parseFields } from "./parse.ts";
import { parseTraceQl } from "./traceql.ts";

const cases = fuzzCases(20_000);

const words: readonly [string, ...string[]] = [
  " ",
  ...'(){}|&<>=!~,.:+-*/%^"`\\@#$é😀\n1'.split(""),
  ...["&&", "||", "!=", "=~", "!~", ">>", "<<", "!>>", "&>>", "!<", "&~", " ", " | ", "{}", "{ true }", "/*", "//"],
  ...[" nil ", " true ", " error ", " server ", "5ms", "1h30m", "2.5", "'x'", '"x"', "`(`", '"\\u00e9"', "minInt"],
  ...[
    ".foo",
    "span.a",
    "resource.service.name",
    "parent.span.b",
    'event."a b"',
    "parent",
    "name",
    "duration",
    "trace:id",
  ],
  ...["count()", "avg(duration)", "by(.a)", "select(name)", "coalesce()", "{ .a = 1 }", "cidr(.a, `10.0.0.0/8`)"],
  ...[
    "rate()",
    "quantile_over_time(duration, .9)",
    " by (name)",
    "topk(3)",
    "compare({ .a })",
    " with (a=1)",
    "({} | rate())",
  ],
];

test("mixed-up texts neither crash nor hang, and what can be read prints back to itself", () => {
  const random = fuzzRandom(20_261_121);
  let read = 0;
  for (let round = 0; round < cases; round++) {
    const length = 1 + random.below(10);
    let source = random.oneIn(2) ? "{ " : "";
    for (let at = 0; at < length; at++) source += random.pick(words);
    if (random.oneIn(2)) source += " }";
    try {
      const { text } = parseTraceQl(source);
      read++;
      assert.equal(parseTraceQl(text).text, text, source);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      assert.match(error.message, /^cannot read TraceQL: at line \d+, col \d+ got /, source);
    }
  }
  assert.ok(read > cases / 200, `want some that can be read, got ${read} of ${cases}`);
});

const statics: readonly [Static, ...Static[]] = [
  { type: "int", value: 0n },
  { type: "int", value: (1n << 63n) - 1n },
  { type: "int", value: -(1n << 63n) },
  { type: "float", value: 1.5 },
  { type: "float", value: 5 },
  { type: "float", value: 1e300 },
  { type: "duration", value: 0n },
  { type: "duration", value: 5_400_000_000_000n },
  { type: "duration", value: 7n },
  { type: "string", value: "" },
  { type: "string", value: "it's \\ \"\n\u0000é😀`" },
  { type: "boolean", value: true },
  ...STATUSES.map((value) => ({ type: "status", value }) as const),
  ...KINDS.map((value) => ({ type: "kind", value }) as const),
];

const operators: readonly [FieldOperator, ...FieldOperator[]] = ["=~", "!~", ...LOGICAL, ...COMPARISONS, ...ARITHMETIC];
const names = ["a", "http.method", "a b", "", "5", 'say "hi"', "a\\b", "span.x", "nil", "é-ü", "a/b//c"] as const;
const intrinsics = Object.keys(INTRINSICS).filter((name): name is Intrinsic => name in INTRINSICS);

function randomField(random: Random): FieldReference {
  const [first = "name", ...rest] = intrinsics;
  if (random.oneIn(3)) return { type: "intrinsic", intrinsic: random.pick([first, ...rest]), position: 0 };
  const ofParent = random.oneIn(4);
  const scope = ofParent
    ? random.pick(["none", "span", "resource"] as const)
    : random.pick(["none", "span", "resource", "event", "link", "instrumentation"] as const);
  return { type: "attribute", scope, ofParent, name: random.pick(names), position: 0 };
}

function randomExpression(random: Random, depth: number): FieldExpression {
  const position = 0;
  const inner = () => randomExpression(random, depth - 1);
  if (depth === 0 || random.oneIn(5)) {
    return random.oneIn(2) ? randomField(random) : { type: "static", value: random.pick(statics), position };
  }
  const type = random.pick(["binary", "binary", "binary", "unary", "exists", "cidr"] as const);
  switch (type) {
    case "binary": {
      const operator = random.pick(operators);
      return { type, operator, left: inner(), right: inner(), position };
    }
    case "unary":
      return { type, operator: random.pick(["-", "!"]), operand: inner(), position };
    case "exists":
      return { type, negated: random.oneIn(2), operand: inner(), position };
    case "cidr":
      return { type, operand: inner(), prefixes: random.pick([["10.0.0.0/8"], ["a", "b"]]), position };
  }
}

function withoutPositions(expression: FieldExpression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) => {
      if (key === "position") return undefined;
      return typeof value === "bigint" ? `${value}n` : value;
    }),
  );
}

test("whatever expression there may be reads back to the same tree", () => {
  const random = fuzzRandom(7);
  for (let round = 0; round < cases / 4; round++) {
    const expression = randomExpression(random, 4);
    const text = formatFieldExpression(expression);
    const back = parseFields(text);
    assert.deepEqual(withoutPositions(back), withoutPositions(expression), text);
  }
});
