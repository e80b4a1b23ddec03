import type { VectorElement } from "../evaluate/queries.ts";
import type { MapReader } from "../yaml/map-reader.ts";
import { expressionProblem } from "./expression.ts";
import { CHECKS, type Check, type ChecksSource, type CheckThresholds } from "./source.ts";

const DEFAULT_CHECK_THRESHOLDS: CheckThresholds = {
  success_rate: 95,
  performance_degradation: 1.5,
  consecutive_failures: 3,
};

function isBeyond(check: Check, value: number, threshold: number): boolean {
  if (check === "success_rate") return value < threshold;
  return check === "consecutive_failures" ? value >= threshold : value > threshold;
}

/** The elements of a check's answer that are beyond its threshold, with the check among their labels. */
export function breachesOf(
  check: Check,
  vector: readonly VectorElement[],
  threshold: number,
): readonly VectorElement[] {
  return vector.flatMap(({ labels, value }) =>
    typeof value === "number" && isBeyond(check, value, threshold) ? { labels: { ...labels, check }, value } : [],
  );
}

/** Reads `checks: { success_rate: <PromQL>, success_rate_threshold: 95, … }`. */
export function readChecks(reader: MapReader): ChecksSource {
  const expressions: Partial<Record<Check, string>> = {};
  for (const check of CHECKS) {
    const text = expressionOf(reader, check);
    if (text !== undefined) expressions[check] = text;
  }
  const counted = readCountedRate(reader);
  if (counted !== undefined) {
    const { success_rate: given } = expressions;
    expressions.success_rate = given === undefined ? counted : `${inParentheses(given)} or ${inParentheses(counted)}`;
  }
  if (Object.keys(expressions).length === 0) {
    const want = `at least one of ${CHECKS.join(", ")}, or ${TOTAL} and ${FAILED}`;
    reader.refuse("success_rate", `checks: got no expression, want ${want}`);
  }
  const threshold = (check: Check) => reader.number(`${check}_threshold`) ?? DEFAULT_CHECK_THRESHOLDS[check];
  return {
    kind: "checks",
    expressions,
    thresholds: {
      success_rate: threshold("success_rate"),
      performance_degradation: threshold("performance_degradation"),
      consecutive_failures: threshold("consecutive_failures"),
    },
  };
}

const TOTAL = "total_tests";
const FAILED = "failed";

/** The rate of tests that passed as one expression, of how many there were and how many of those failed; where no failures are told there were none. */
function readCountedRate(reader: MapReader): string | undefined {
  const total = expressionOf(reader, TOTAL);
  const failed = expressionOf(reader, FAILED);
  if ((total === undefined) !== (failed === undefined)) {
    const [key, missing] = total === undefined ? [FAILED, TOTAL] : [TOTAL, FAILED];
    reader.refuse(key, `checks: got ${key} without ${missing}, want both`);
  }
  if (total === undefined || failed === undefined) return undefined;
  const of = inParentheses(total);
  const composed = `100 - 100 * (${inParentheses(failed)} or 0 * ${of}) / ${of}`;
  // Each may be right by itself and yet be nothing that can be counted.
  const problem = expressionProblem({ language: "promql", text: composed });
  if (problem !== undefined) reader.refuse(TOTAL, `checks: cannot make a rate of ${TOTAL} and ${FAILED}: ${problem}`);
  return composed;
}

/** On lines of its own: it may end in a comment. */
function inParentheses(expression: string): string {
  return `(\n${expression}\n)`;
}

function expressionOf(reader: MapReader, key: string): string | undefined {
  const text = reader.text(key);
  if (text === undefined) return undefined;
  const problem = expressionProblem({ language: "promql", text });
  if (problem !== undefined) reader.refuse(key, `${key}: could not parse expression: ${problem}`);
  return text;
}

/** As `readChecks` reads it. */
export function formatChecks({ expressions, thresholds }: ChecksSource): object {
  return {
    ...expressions,
    ...Object.fromEntries(
      CHECKS.filter((check) => thresholds[check] !== DEFAULT_CHECK_THRESHOLDS[check]).map((check) => [
        `${check}_threshold`,
        thresholds[check],
      ]),
    ),
  };
}
