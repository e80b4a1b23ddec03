/** From which place on and before which one times lie between two, both inclusive; they ascend. */
export function placesWithin(
  times: Float64Array,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): readonly [number, number] {
  return [firstFrom(times, startMs), firstFrom(times, endMs + 1)];
}

/** The first place whose time is not before `ms`. */
function firstFrom(times: Float64Array, ms: number): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? 0) < ms) from = middle + 1;
    else to = middle;
  }
  return from;
}
