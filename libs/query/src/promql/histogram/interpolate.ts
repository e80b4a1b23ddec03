import { add, scale, subtract } from "./arithmetic.ts";
import { isReset } from "./compare.ts";
import type { Histogram } from "./histogram.ts";

export interface Interpolation {
  /** How far from the first to the second, 0 to 1. */
  readonly share: number;
  readonly isCounter: boolean;
  /** Told where only common bounds were kept. */
  readonly reconciled: (operation: "addition" | "subtraction") => void;
}

/**
 * The histogram between two; a counter that was reset in between is taken to have begun at zero. Both have to have bounds of the
 * same kind.
 */
export function interpolateHistograms(
  before: Histogram,
  after: Histogram,
  { share, isCounter, reconciled }: Interpolation,
): Histogram {
  if (share === 0) return before;
  if (share === 1) return after;
  if (isCounter && isReset(after, before)) return scale(after, share);
  const difference = subtract(after, before);
  if (difference === null) return before;
  if (difference.reconciled) reconciled("subtraction");
  const sum = add(scale(difference.histogram, share), before);
  if (sum?.reconciled) reconciled("addition");
  return sum?.histogram ?? before;
}
