import { dropsOf } from "../drops.ts";
import type { PlainFloats, Windows } from "./definition.ts";
import { extrapolation, unknownShare, zeroShareOf } from "./extrapolation.ts";
import type { RateKind } from "./rate-kind.ts";

/**
 * The growth of a series of plain floats over each of its windows, as far as its samples go and extrapolated to the window's ends where
 * they come near.
 */
export function growthOfPlainFloats(
  { isCounter, isRate }: RateKind,
  {
    floats: { times, values },
    windows: { endsMs, rangeMs },
  }: { readonly floats: PlainFloats; readonly windows: Windows },
  answer: (step: number, value: number) => void,
): void {
  const { length } = times;
  const drops = isCounter ? dropsOf(values) : null;
  let from = 0;
  let to = 0;
  for (let step = 0; step < endsMs.length; step++) {
    const endMs = endsMs[step] ?? 0;
    const startMs = endMs - rangeMs;
    while (from < length && (times[from] ?? 0) <= startMs) from++;
    while (to < length && (times[to] ?? 0) <= endMs) to++;
    const last = to - 1;
    if (last <= from) continue;
    const first = values[from] ?? 0;
    let grown = (values[last] ?? 0) - first;
    if (drops !== null && drops[last] !== drops[from]) grown = grownAfterResets(values, { from, to, grown });
    const firstMs = times[from] ?? 0;
    const lastMs = times[last] ?? 0;
    const distanceMs = (lastMs - firstMs) / (last - from);
    const zeroShare = isCounter ? zeroShareOf(first, grown, false) : unknownShare;
    const shape = { firstMs, lastMs, distanceMs, zeroShare };
    answer(step, grown * extrapolation({ startMs, endMs }, shape, isRate));
  }
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
