import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import { compileCondition } from "./compile.ts";
import { parseCondition } from "./condition.ts";
import { eventTypesOf } from "./event-types.ts";
import { ARITHMETIC, COMPARISONS, type Expression } from "./expression.ts";
import type { EventView } from "./fields.ts";
import { format } from "./format.ts";
import { METHODS } from "./methods.ts";
import { parse } from "./parser.ts";

const odd = [null, 0, -1, 1e308, "", "x", "__proto__", true, [], [1, ["a"]], {}, { get: { a: 1 } }] as const;

function randomView(random: Random): EventView {
  const value = () => random.pick(odd);
  return {
    event_id: value(),
    event_type: value(),
    severity: random.pick(["error", "info", "", null, 3]),
    source: value(),
    target: value(),
    category: value(),
    title: value(),
    description: value(),
    health_score: value(),
    details: random.pick<unknown>([null, {}, { a: value(), b: { a: value() } }]),
    labels: random.pick<unknown>([null, {}, { a: "x" }]),
    metadata: value(),
    resource_usage: value(),
  };
}

const words = [
  ..."()[].,+-*/%<>='\"\\!&|".split(""),
  ...["==", "!=", "<=", ">=", " and ", " or ", " not ", " in ", " is ", " None ", " True ", "'a'", "1", "2.5e3", " "],
  ...[
    "event_type",
    "severity",
    "details",
    "details.get('a')",
    "labels",
    "metadata.user_id",
    ".lower()",
    "é",
    "\n",
    "😀",
  ],
] as const;

test("mixed-up texts neither crash nor hang", () => {
  const random = fuzzRandom(20_261_121);
  let read = 0;
  for (let round = 0; round < fuzzCases(100_000); round++) {
    const length = 1 + random.below(12);
    let source = "";
    for (let at = 0; at < length; at++) source += words[random.below(words.length)];
    try {
      const condition = parseCondition(source);
      read++;
      assert.equal(typeof condition.matches(randomView(random)), "boolean");
      assert.equal(parseCondition(condition.text).text, condition.text, source);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      assert.match(
        error.message,
        /^cannot read condition: at character \d+ got .*, want |without its closing|never holds/s,
      );
    }
  }
  assert.ok(read > fuzzCases(100_000) / 1000, `want some that can be read, got ${read}`);
});

function randomExpression(random: Random, depth: number): Expression {
  const position = 0;
  const inner = () => randomExpression(random, depth - 1);
  const leaves = ["literal", "field"] as const;
  const all = [...leaves, "list", "member", "call", "not", "negate", "and", "or", "compare", "arithmetic"] as const;
  const type = depth === 0 ? random.pick(leaves) : random.pick(all);
  switch (type) {
    case "literal":
      return { type, value: random.pick([null, true, false, 0, 1.5, 1e21, "", "a", "it's \\ \"\n", "a b"]), position };
    case "field":
      return { type, name: random.pick(["event_type", "details", "severity", "labels", "nobody"]), position };
    case "list":
      return { type, items: Array.from({ length: random.below(3) }, inner), position };
    case "member":
      return { type, of: inner(), key: inner(), position };
    case "call":
      return {
        type,
        of: inner(),
        method: random.pick(["get", ...METHODS.keys()]),
        arguments: Array.from({ length: random.below(3) }, inner),
        position,
      };
    case "not":
    case "negate":
      return { type, operand: inner(), position };
    case "and":
    case "or":
      return { type, operands: [inner(), inner(), ...Array.from({ length: random.below(2) }, inner)], position };
    case "compare":
      return { type, operator: random.pick(COMPARISONS), left: inner(), right: inner(), position };
    case "arithmetic":
      return { type, operator: random.pick(ARITHMETIC), left: inner(), right: inner(), position };
  }
}

test("whatever can be written parses back to the same, and evaluates unchecked", () => {
  const random = fuzzRandom(7);
  for (let round = 0; round < fuzzCases(100_000) / 10; round++) {
    const expression = randomExpression(random, 4);
    const text = format(expression);
    const back = parse(text);
    assert.equal(format(back), text);
    const view = randomView(random);
    assert.equal(compileCondition(back)(view), compileCondition(expression)(view), text);
  }
});

/** Conditions of few fields and values, so that many of them name the types that they are about, and hold. */
function randomTyped(random: Random, depth: number): Expression {
  const position = 0;
  const inner = () => randomTyped(random, depth - 1);
  const type = depth === 0 ? "compare" : random.pick(["not", "and", "or", "compare"] as const);
  switch (type) {
    case "not":
      return { type, operand: inner(), position };
    case "and":
    case "or":
      return { type, operands: [inner(), inner()], position };
    case "compare": {
      const operator = random.pick(["==", "in", ...COMPARISONS] as const);
      const left = randomSide(random);
      const items = Array.from({ length: random.below(4) }, () => randomSide(random));
      const isIn = operator === "in" || operator === "not in";
      const right = isIn ? ({ type: "list", items, position } as const) : randomSide(random);
      return { type, operator, left, right, position };
    }
  }
}

const types = ["a", "b", "c", ""] as const;
const few = [...types, null, 1] as const;

function randomSide(random: Random): Expression {
  const position = 0;
  return random.pick(["field", "literal"] as const) === "field"
    ? { type: "field", name: random.pick(["event_type", "event_type", "target"]), position }
    : { type: "literal", value: random.pick<string | number | null>(few), position };
}

test("what holds is of one of the types that its condition is about", () => {
  const random = fuzzRandom(11);
  let checks = 0;
  for (let round = 0; round < fuzzCases(60_000); round++) {
    const expression = randomTyped(random, random.below(4));
    const known = eventTypesOf(expression);
    if (known === undefined) continue;
    const holds = compileCondition(expression);
    for (const type of types) {
      if (!holds({ ...randomView(random), event_type: type, target: random.pick<string | number | null>(few) }))
        continue;
      checks++;
      assert.ok(known.has(type), `${JSON.stringify(type)}: ${format(expression)}`);
    }
  }
  assert.ok(checks > fuzzCases(60_000) / 60, `want many checks, got ${checks}`);
});
