/** What is known of whether a histogram is that of a counter that began anew; a gauge may go down. */
export type ResetHint = "unknown" | "reset" | "not_reset" | "gauge";

/** Counts of buckets by their index, which goes up. What is not listed is empty. */
export interface Buckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

/**
 * A native histogram. Its buckets are exponential (schema -4 to 8: 2^schema of them for each power of two) or have bounds of
 * their own (schema -53). Histograms are never changed: what calculates with them makes new ones.
 */
export interface Histogram {
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
  /** The upper bounds of custom buckets but the last one's, which is infinite; else null. */
  readonly bounds: readonly number[] | null;
  readonly hint: ResetHint;
}

export const customSchema = -53;

export const noBuckets: Buckets = { indexes: [], counts: [] };

/** A histogram that has counted nothing, with what is given. */
export function createHistogram(given: Partial<Histogram> = {}): Histogram {
  return {
    schema: 0,
    count: 0,
    sum: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: noBuckets,
    negative: noBuckets,
    bounds: null,
    hint: "unknown",
    ...given,
  };
}

export function hasCustomBuckets(histogram: Histogram): boolean {
  return histogram.schema === customSchema;
}

/** The upper bound of a bucket by its index; for negative buckets its absolute value. */
export function boundOf({ schema, bounds }: Pick<Histogram, "schema" | "bounds">, index: number): number {
  if (schema === customSchema) {
    if (index < 0) return Number.NEGATIVE_INFINITY;
    return bounds?.[index] ?? Number.POSITIVE_INFINITY;
  }
  if (schema <= 0) {
    const power = index * 2 ** -schema;
    return power >= 1024 ? Number.MAX_VALUE : 2 ** power;
  }
  const perPower = 2 ** schema;
  const whole = Math.floor(index / perPower);
  const rest = index - whole * perPower;
  if (whole >= 1024) return Number.MAX_VALUE;
  return 2 ** (rest / perPower) * 2 ** whole;
}

/** One bucket with its bounds. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/** The buckets above the zero bucket (or all custom ones), upwards. */
export function positiveBuckets(histogram: Histogram): Bucket[] {
  const { indexes, counts } = histogram.positive;
  const isCustom = hasCustomBuckets(histogram);
  return indexes.map((index, i) => {
    const lower = boundOf(histogram, index - 1);
    const upper = boundOf(histogram, index);
    const lowerInclusive = isCustom ? index === 0 : lower < 0;
    return { lower, upper, lowerInclusive, upperInclusive: isCustom || upper > 0, count: counts[i] ?? 0 };
  });
}

/** The buckets below the zero bucket, downwards from it. */
export function negativeBuckets(histogram: Histogram): Bucket[] {
  const { indexes, counts } = histogram.negative;
  return indexes.map((index, i) => {
    const lower = -boundOf(histogram, index);
    const upper = -boundOf(histogram, index - 1);
    return { lower, upper, lowerInclusive: lower < 0, upperInclusive: upper > 0, count: counts[i] ?? 0 };
  });
}

export function zeroBucket({ zeroThreshold, zeroCount }: Histogram): Bucket {
  return { lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount };
}

/** All buckets upwards; those next to the zero bucket end where that begins, and it is left out where it is empty. */
export function allBuckets(histogram: Histogram): Bucket[] {
  const { zeroThreshold } = histogram;
  const negative = negativeBuckets(histogram)
    .reverse()
    .map((bucket) =>
      bucket.upper < 0 && bucket.upper > -zeroThreshold ? { ...bucket, upper: -zeroThreshold } : bucket,
    );
  const positive = positiveBuckets(histogram).map((bucket) =>
    bucket.lower > 0 && bucket.lower < zeroThreshold ? { ...bucket, lower: zeroThreshold } : bucket,
  );
  return histogram.zeroCount > 0 ? [...negative, zeroBucket(histogram), ...positive] : [...negative, ...positive];
}
