import { parseBytes } from "@sightline/gotext/bytes";
import { parseGoDuration } from "@sightline/gotext/duration";
import { floatProblem, parseGoFloat } from "@sightline/gotext/parse-float";
import { compilePattern } from "@sightline/regex/pattern";
import type { ComparisonOperator, LabelFilter, LabelMatcher, Quantity } from "../ast.ts";
import { createIpTest } from "./ip.ts";
import { getLabel, LINE_ERRORS, setError } from "./line.ts";
import type { StageRunner } from "./stage.ts";

/** A test of a value. Regular expressions have to match all of it. */
export function createMatcherTest({ operator, value }: LabelMatcher): (value: string) => boolean {
  if (operator === "=") return (text) => text === value;
  if (operator === "!=") return (text) => text !== value;
  const { matches } = compilePattern(value, { anchored: true });
  return operator === "=~" ? matches : (text) => !matches(text);
}

/** `| level="error" or duration > 5s`. */
export function createLabelFilter(filter: LabelFilter): StageRunner {
  switch (filter.type) {
    case "match": {
      const { name } = filter.matcher;
      const test = createMatcherTest(filter.matcher);
      return (line) => test(getLabel(line, name) ?? "");
    }
    case "compare":
      return createComparison(filter.name, filter.operator, filter.value);
    case "ip":
      return createIpFilter(filter.name, filter.operator, filter.pattern);
    case "and": {
      const left = createLabelFilter(filter.left);
      const right = createLabelFilter(filter.right);
      return (line) => left(line) && right(line);
    }
    case "or": {
      const left = createLabelFilter(filter.left);
      const right = createLabelFilter(filter.right);
      return (line) => left(line) || right(line);
    }
  }
}

/** A line with an error is kept, so that the error is seen. */
function createIpFilter(name: string, operator: "=" | "!=", pattern: string): StageRunner {
  const test = createIpTest(pattern);
  return (line) => {
    if (line.error !== "") return true;
    const value = getLabel(line, name);
    return value !== undefined && test(value) === (operator === "=");
  };
}

/** Lines without the label are dropped. A value that is none of the kind is an error of the line, which is kept. */
function createComparison(name: string, operator: ComparisonOperator, quantity: Quantity): StageRunner {
  const test = createNumberTest(operator, quantity.value);
  const read = readers[quantity.kind];
  return (line) => {
    const text = getLabel(line, name);
    if (text === undefined) return false;
    const value = read(text);
    if (typeof value === "number") return test(value);
    // The first filter that fails says why.
    if (line.error === "") setError(line, LINE_ERRORS.labelFilter, value);
    return true;
  };
}

/** The value, or what is wrong with it. */
export type QuantityReader = (text: string) => number | string;

/** Readers of numbers, of durations in nanoseconds, and of sizes in bytes. */
export const readers: Readonly<Record<Quantity["kind"], QuantityReader>> = {
  number: (text) => parseGoFloat(text) ?? floatProblem(text),
  duration(text) {
    const parsed = parseGoDuration(text);
    return "ns" in parsed ? parsed.ns : parsed.problem;
  },
  bytes(text) {
    const parsed = parseBytes(text);
    return "bytes" in parsed ? parsed.bytes : parsed.problem;
  },
};

function createNumberTest(operator: ComparisonOperator, limit: number): (value: number) => boolean {
  switch (operator) {
    case "==":
      return (value) => value === limit;
    case "!=":
      return (value) => value !== limit;
    case ">":
      return (value) => value > limit;
    case ">=":
      return (value) => value >= limit;
    case "<":
      return (value) => value < limit;
    case "<=":
      return (value) => value <= limit;
  }
}
