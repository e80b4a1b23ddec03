/** One kind of thing counted in a bucket, in its colour. */
export interface Part {
  readonly key: string;
  readonly color: string;
  readonly count: number;
}

/** What was counted from `startMs` on; parts from the bottom of the bar to its top. */
export interface Bucket {
  readonly startMs: number;
  readonly parts: readonly Part[];
}

/** A rectangle of a bar; y grows downwards. */
export interface Segment {
  readonly key: string;
  readonly color: string;
  readonly y: number;
  readonly height: number;
}

const smallestHeight = 2;

/** How many things a bucket holds. */
export function bucketTotal(bucket: Bucket): number {
  return bucket.parts.reduce((sum, part) => sum + part.count, 0);
}

/**
 * A bar of `height` pixels for the highest total. What was counted at all is at least two pixels high, since one
 * critical event among ten thousand is the one to see; then the others give way.
 */
export function barSegments(bucket: Bucket, highest: number, height: number): readonly Segment[] {
  const present = bucket.parts.filter((part) => part.count > 0);
  if (present.length === 0 || highest <= 0) return [];
  const total = bucketTotal(bucket);
  const barHeight = Math.max((total / highest) * height, present.length * smallestHeight);
  const spare = barHeight - present.length * smallestHeight;
  let y = height;
  return present.map(({ key, color, count }) => {
    const partHeight = smallestHeight + spare * (count / total);
    y -= partHeight;
    return { key, color, y, height: partHeight };
  });
}

/** A round number at or a little above `value`, for the top of an axis. */
export function roundedUp(value: number): number {
  if (value <= 4) return Math.max(1, Math.ceil(value));
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * magnitude >= value) ?? 10;
  return Math.ceil(step * magnitude);
}
