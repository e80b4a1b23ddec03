import type { TimeRange } from "@sightline/model/time";
import { bucketNumbers } from "./buckets.ts";

/** Records lie in steps of so many seconds, by the table's sort key. */
export const STEP_SECONDS = 300;
const STEP_NANOS = BigInt(STEP_SECONDS) * 1_000_000_000n;

/** Some of a range's steps, from which the rest is guessed. */
export interface LogSample {
  /** Beginnings of the steps that are read, seconds since the Unix epoch. */
  readonly steps: readonly number[];
  /** By the bucket's number: how many steps of the range are in it for each one that is read. */
  readonly scales: ReadonlyMap<bigint, number>;
}

/**
 * Chooses in each bucket of a time line the share of its steps, at least one: always the same ones, but not in any
 * regular distance, as things that happen every quarter of an hour would be seen always or never.
 *
 * @returns undefined when buckets are not made of steps, or hardly any would be left out
 */
export function sampleOf(range: TimeRange, bucketSeconds: number, share: number): LogSample | undefined {
  if (bucketSeconds % STEP_SECONDS !== 0 || share >= 0.5) return undefined;
  const perBucket = bucketSeconds / STEP_SECONDS;
  const wanted = Math.max(1, Math.round(perBucket * share));
  if (wanted * 2 > perBucket) return undefined;
  const firstStep = Number(range.startUnixNano / STEP_NANOS);
  const lastStep = Number((range.endUnixNano - 1n) / STEP_NANOS);
  const steps: number[] = [];
  const scales = new Map<bigint, number>();
  for (const bucket of bucketNumbers(range, bucketSeconds)) {
    const begin = Number(bucket) * perBucket;
    const there = Array.from({ length: perBucket }, (_, at) => begin + at).filter(
      (step) => step >= firstStep && step <= lastStep,
    );
    const chosen = there.toSorted((a, b) => scattered(a) - scattered(b)).slice(0, wanted);
    steps.push(...chosen.map((step) => step * STEP_SECONDS));
    scales.set(bucket, there.length / chosen.length);
  }
  return { steps, scales };
}

/** A number that looks as if by chance (Knuth's multiplicative hash). */
function scattered(step: number): number {
  return Math.imul(step, 2_654_435_761) >>> 0;
}
