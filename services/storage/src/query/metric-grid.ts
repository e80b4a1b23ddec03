import { invalid } from "@sightline/errors/app-error";
import { msOfNanos, nanosOfMs } from "@sightline/model/time";
import { type RequestedRange, resolveRange } from "./bounds.ts";
import { readableWidth } from "./buckets.ts";

/** The times that series are evaluated at: `points` of them, from `startMs` to `endMs`. */
export interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepSeconds: number;
  readonly points: number;
}

const WANTED_POINTS = 240;
const MAX_POINTS = 11_000;

/**
 * The grid of a range. With a step the points are start, start + step, … up to the end, as in Prometheus; a range from
 * one moment to the same is that one point. Without a step it is chosen, and the points are its multiples, so that a
 * chart that is drawn again shows the same ones.
 */
export function gridOf(range: RequestedRange | undefined, askedStepSeconds: number, nowMs: number): Grid {
  const { start, end } = rangeMs(range, nowMs);
  const stepSeconds = askedStepSeconds || readableWidth((end - start) / 1000, WANTED_POINTS);
  const stepMs = stepSeconds * 1000;
  const startMs = askedStepSeconds === 0 ? Math.floor(start / stepMs) * stepMs : start;
  const points = Math.floor((end - startMs) / stepMs) + 1;
  if (points > MAX_POINTS) {
    const least = Math.ceil((end - start) / 1000 / (MAX_POINTS - 1));
    throw invalid(`cannot use step_seconds: got ${askedStepSeconds}, want at least ${least} for this range`);
  }
  return { startMs, endMs: startMs + (points - 1) * stepMs, stepSeconds, points };
}

function rangeMs(range: RequestedRange | undefined, nowMs: number): { start: number; end: number } {
  const moment = range?.startUnixNano ?? 0n;
  if (moment !== 0n && moment === (range?.endUnixNano || nanosOfMs(nowMs))) {
    return { start: msOfNanos(moment), end: msOfNanos(moment) };
  }
  const { startUnixNano, endUnixNano } = resolveRange(range, nowMs);
  return { start: msOfNanos(startUnixNano), end: msOfNanos(endUnixNano) };
}
