import type { Grid } from "../plan/log-plan.ts";

/** Which points of a grid look back at a moment: those whose range, open at its start and closed at its end, has it. */
export interface Windows {
  readonly steps: number;
  readonly rangeSeconds: number;
  /** A stored time as nanoseconds since the first point, the offset taken off. */
  relative(timestampNs: bigint): number;
  /** The first and the last point that look back at a relative time; first > last where there is none. */
  first(at: number): number;
  last(at: number): number;
  /** The time of a point, relative to the first. */
  pointAt(step: number): number;
  readonly rangeNs: number;
}

/** The windows of a range function over a grid. */
export function createWindows(grid: Grid, rangeNs: number, offsetNs: number): Windows {
  const { steps } = grid;
  // With one point any step will do.
  const stepNs = steps === 1 ? Number.MAX_SAFE_INTEGER : grid.stepNs;
  const originNs = grid.startNs - BigInt(offsetNs);
  return {
    steps,
    rangeNs,
    rangeSeconds: rangeNs / 1e9,
    relative: (timestampNs) => Number(timestampNs - originNs),
    first: (at) => (at <= 0 ? 0 : Math.ceil(at / stepNs)),
    last(at) {
      const end = at + rangeNs;
      return end <= 0 ? -1 : Math.min(steps - 1, Math.ceil(end / stepNs) - 1);
    },
    pointAt: (step) => (steps === 1 ? 0 : step * stepNs),
  };
}
