import type { VectorElement } from "../evaluate/queries.ts";
import type { MapReader } from "../yaml/map-reader.ts";
import { expressionProblem } from "./expression.ts";
import { CHECKS, type Check, type ChecksSource, type CheckThresholds } from "./source.ts";

export const DEFAULT_CHECK_THRESHOLDS: CheckThresholds = {
  success_rate: 95,
  performance_degradation: 1.5,
  consecutive_failures: 3,
};

/** Figures of one run of tests, or of one component. */
export interface CheckFigures {
  /** Percent. */
  readonly successRate?: number | undefined;
  readonly totalTests?: number | undefined;
  readonly failed?: number | undefined;
  /** How many times slower than usual. */
  readonly performanceRatio?: number | undefined;
  readonly consecutiveFailures?: number | undefined;
}

/** A figure that is beyond its threshold. */
export interface Breach {
  readonly check: Check;
  readonly value: number;
  readonly threshold: number;
}

/** What of the figures is beyond the thresholds. Without a success rate it is that of the tests and the failures among them. */
export function checkThresholds(figures: CheckFigures, thresholds: CheckThresholds): readonly Breach[] {
  const { totalTests = 0, failed = 0, performanceRatio, consecutiveFailures } = figures;
  const successRate = figures.successRate ?? (totalTests > 0 ? (100 * (totalTests - failed)) / totalTests : undefined);
  const values = {
    success_rate: successRate,
    performance_degradation: performanceRatio,
    consecutive_failures: consecutiveFailures,
  } as const satisfies Record<Check, number | undefined>;
  return CHECKS.flatMap((check) => {
    const value = values[check];
    const threshold = thresholds[check];
    return value !== undefined && isBeyond(check, value, threshold) ? { check, value, threshold } : [];
  });
}

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
    const text = reader.text(check);
    if (text === undefined) continue;
    expressions[check] = text;
    const problem = expressionProblem({ language: "promql", text });
    if (problem !== undefined) reader.refuse(check, `${check}: could not parse expression: ${problem}`);
  }
  if (Object.keys(expressions).length === 0) {
    reader.refuse("success_rate", `checks: got no expression, want at least one of ${CHECKS.join(", ")}`);
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
