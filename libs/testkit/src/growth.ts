import assert from "node:assert/strict";

/** What is done with a text of that many characters, or with any other thing of that size. */
export type OfSize = (size: number) => void;

export interface Growth {
  readonly from: number;
  readonly to: number;
}

/** Less than this says nothing: the machine may have done something else. */
const tellingMs = 40;

/** Twice the size takes twice the time where it grows evenly, and four times where it grows with the square. */
const steepest = 3.2;

/** How often both are looked at again: what grows too fast does so each time, and a busy machine does not disturb as often. */
const looks = 8;

/**
 * Fails where the time grows with more than the size, from size to double size as far as it goes. It stops there, so
 * that what would take hours at the greatest size takes seconds here.
 */
export function assertGrowsEvenly(name: string, run: OfSize, { from, to }: Growth): void {
  let before = timeOf(run, from);
  for (let size = from * 2; size <= to; size *= 2) {
    let now = timeOf(run, size);
    // Another look, at both, where it may have been the machine.
    for (let look = 0; look < looks && now > tellingMs && now > steepest * before; look++) {
      before = Math.max(before, timeOf(run, size / 2));
      now = Math.min(now, timeOf(run, size));
    }
    const isSteep = now > tellingMs && now > steepest * before;
    assert.ok(!isSteep, `${name}: ${size / 2} took ${before.toFixed(1)} ms, ${size} took ${now.toFixed(1)} ms`);
    before = now;
  }
}

function timeOf(run: OfSize, size: number): number {
  const before = performance.now();
  run(size);
  return performance.now() - before;
}
