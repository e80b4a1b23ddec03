import { Comparison } from "@sightline/proto/sightline/alert/v1/alert_service";

/** Whether a value compares so with a threshold. Nothing compares with NaN but "not equal", as in PromQL. */
export function compare(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case Comparison.GREATER:
      return value > threshold;
    case Comparison.GREATER_OR_EQUAL:
      return value >= threshold;
    case Comparison.LESS:
      return value < threshold;
    case Comparison.LESS_OR_EQUAL:
      return value <= threshold;
    case Comparison.EQUAL:
      return value === threshold;
    case Comparison.NOT_EQUAL:
      return value !== threshold;
    default:
      return false;
  }
}

/** How a comparison is written. */
export function symbolOf(comparison: Comparison): string {
  switch (comparison) {
    case Comparison.GREATER:
      return ">";
    case Comparison.GREATER_OR_EQUAL:
      return ">=";
    case Comparison.LESS:
      return "<";
    case Comparison.LESS_OR_EQUAL:
      return "<=";
    case Comparison.EQUAL:
      return "==";
    default:
      return "!=";
  }
}
