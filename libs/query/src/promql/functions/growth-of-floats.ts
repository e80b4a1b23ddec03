import { dropsOf } from "../drops.ts";
import { FLOAT, type VectorSeries } from "../value.ts";
import { unknownShare, zeroShareOf } from "./extrapolation.ts";
import type { RateKind } from "./rate-kind.ts";
import type { SampledWindows } from "./sampled-windows.ts";

/**
 * The growth of a series of plain floats over each of its windows, as far as its samples go and extrapolated to the window's ends where
 * they come near, as `extrapolation` does. The answers are `OfPlainFloats`'.
 */
export function growthOfPlainFloats(
  { isCounter, isRate }: RateKind,
  { values, windows }: { readonly values: Float64Array; readonly windows: SampledWindows },
  answers: Pick<VectorSeries, "kinds" | "values">,
): number {
  const { first, last, sampled, toStart, toEnd } = windows;
  const rangeSeconds = windows.rangeMs / 1000;
  const drops = isCounter ? dropsOf(values) : null;
  let size = 0;
  for (let step = 0; step < first.length; step++) {
    const from = first[step] ?? 0;
    const at = last[step] ?? 0;
    if (at <= from) continue;
    const value = values[from] ?? 0;
    let grown = (values[at] ?? 0) - value;
    if (drops !== null && drops[at] !== drops[from]) grown = grownAfterResets(values, { from, to: at + 1, grown });
    const seconds = sampled[step] ?? 0;
    const zeroShare = isCounter ? zeroShareOf(value, grown, false) : unknownShare;
    const factor = (seconds + Math.min(toStart[step] ?? 0, seconds * zeroShare) + (toEnd[step] ?? 0)) / seconds;
    answers.kinds[step] = FLOAT;
    answers.values[step] = grown * (isRate ? factor / rangeSeconds : factor);
    size++;
  }
  return size;
}

interface Grown {
  readonly from: number;
  readonly to: number;
  /** From the first value to the last. */
  readonly grown: number;
}

/** A counter that is less than before began at zero again. */
function grownAfterResets(values: Float64Array, { from, to, grown }: Grown): number {
  let sum = grown;
  let previous = values[from] ?? 0;
  for (let i = from + 1; i < to; i++) {
    const value = values[i] ?? 0;
    if (value < previous) sum += previous;
    previous = value;
  }
  return sum;
}
