import { compilePattern } from "@sightline/regex/pattern";
import type { Static } from "./ast.ts";
import type { Int64 } from "./int64.ts";
import type { Comparison, Match } from "./operators.ts";
import { booleanOf, elementsOf, isList, numericOf, type Scalar, type Value, valueOfStatic } from "./value.ts";

/** Tells whether a value of a span is as wanted; nothing is never. */
export type ValueTest = (value: Value) => boolean;
type ScalarTest = (scalar: Scalar) => boolean;

const decide: Readonly<Record<Comparison, (sign: number) => boolean>> = {
  "=": (sign) => sign === 0,
  "!=": (sign) => sign !== 0,
  "<": (sign) => sign < 0,
  "<=": (sign) => sign <= 0,
  ">": (sign) => sign > 0,
  ">=": (sign) => sign >= 0,
};

const numberTests: Readonly<Record<Comparison, (left: Int64, right: Int64) => boolean>> = {
  // biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint of the same value are equal, whatever their form.
  "=": (left, right) => left == right,
  // biome-ignore lint/suspicious/noDoubleEquals: see above.
  "!=": (left, right) => left != right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

/** Compares two numbers, which a NaN is never equal to, larger or smaller than. */
export function compareNumbers(operator: Comparison, left: Int64, right: Int64): boolean {
  return numberTests[operator](left, right);
}

/** Compares texts by their bytes in UTF-8, as Go does. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const end = Math.min(left.length, right.length);
  for (let at = 0; at < end; at++) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
    // Halves of characters beyond 16 bits stand before U+E000 in UTF-16 and behind it in UTF-8.
    if (a !== b) return a >= 0xd800 && b >= 0xd800 ? ((a + 0x2000) & 0xffff) - ((b + 0x2000) & 0xffff) : a - b;
  }
  return left.length - right.length;
}

/**
 * The test of a value against one that the query writes, whose type decides: a number is compared with what is a number
 * or says one, true and false with what is or says so, a text with texts. What is of another type passes no test, not even
 * `!=`. Of an array some element has to pass, for `!=` and `!~` every one; a text that is plain is none, whatever it looks like.
 */
export function testAgainst(operator: Comparison | Match, literal: Static, isPlain = false): ValueTest {
  const test = scalarTest(operator, literal);
  const isNegative = operator === "!=" || operator === "!~";
  // An array that is kept as a text is also that text.
  const isText = literal.type === "string";
  return (value) => {
    if (value === null) return false;
    const elements = isPlain && typeof value === "string" ? null : elementsOf(value);
    if (elements === null) return !isList(value) && test(value);
    const asText = isText && typeof value === "string" && test(value);
    if (isNegative) return (typeof value !== "string" || !isText || asText) && elements.every(test);
    return asText || elements.some(test);
  };
}

function scalarTest(operator: Comparison | Match, literal: Static): ScalarTest {
  if (operator === "=~" || operator === "!~") return patternTest(operator, literal);
  const wanted = valueOfStatic(literal);
  if (typeof wanted === "string") return textTest(operator, wanted);
  if (typeof wanted === "boolean") return booleanTest(operator, wanted);
  if (wanted.type === "status" || wanted.type === "kind") {
    const { type, value: word } = wanted;
    const isEqual = operator === "=";
    return (scalar) => typeof scalar === "object" && scalar.type === type && (scalar.value === word) === isEqual;
  }
  const test = numberTests[operator];
  const { value: number } = wanted;
  return (scalar) => {
    const numeric = numericOf(scalar);
    return numeric !== null && test(numeric.value, number);
  };
}

function patternTest(operator: Match, literal: Static): ScalarTest {
  const pattern = compilePattern(literal.type === "string" ? literal.value : "", { anchored: true });
  const wanted = operator === "=~";
  return (scalar) => typeof scalar === "string" && pattern.matches(scalar) === wanted;
}

function textTest(operator: Comparison, wanted: string): ScalarTest {
  if (operator === "=") return (scalar) => scalar === wanted;
  const holds = decide[operator];
  return (scalar) => typeof scalar === "string" && holds(compareTexts(scalar, wanted));
}

function booleanTest(operator: Comparison, wanted: boolean): ScalarTest {
  const isEqual = operator === "=";
  return (scalar) => {
    const truth = booleanOf(scalar);
    return truth !== null && (truth === wanted) === isEqual;
  };
}

/**
 * Compares two values that only spans know. Texts that both say numbers are compared as numbers, a text and a number as
 * numbers, and arrays as against a written value.
 */
export function compareValues(operator: Comparison, left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  const [leftElements, rightElements] = [elementsOf(left), elementsOf(right)];
  if (leftElements !== null || rightElements !== null) {
    if (operator === "=" && left === right) return true;
    const lefts: readonly Value[] = leftElements ?? [left];
    const rights: readonly Value[] = rightElements ?? [right];
    const holds = (one: Value) => (other: Value) => compareValues(operator, one, other);
    if (operator === "!=") return lefts.every((one) => rights.every(holds(one)));
    return lefts.some((one) => rights.some(holds(one)));
  }
  const [leftNumber, rightNumber] = [numericOf(left), numericOf(right)];
  if (leftNumber !== null && rightNumber !== null) return numberTests[operator](leftNumber.value, rightNumber.value);
  if (typeof left === "string" && typeof right === "string") return decide[operator](compareTexts(left, right));
  if (operator !== "=" && operator !== "!=") return false;
  return sameKind(left, right) && (wordOf(left) === wordOf(right)) === (operator === "=");
}

function sameKind(left: Value, right: Value): boolean {
  const [leftTruth, rightTruth] = [booleanOf(left), booleanOf(right)];
  if (leftTruth !== null && rightTruth !== null) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  return "type" in left && "type" in right && left.type === right.type;
}

function wordOf(value: Value): unknown {
  return typeof value === "object" && value !== null && "type" in value ? value.value : booleanOf(value);
}
