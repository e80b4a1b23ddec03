/** Nanoseconds in a millisecond. */
export const NANOS_PER_MS = 1_000_000n;

/** Milliseconds since the Unix epoch as nanoseconds. */
export function nanosOfMs(unixMs: number): bigint {
  return BigInt(Math.round(unixMs)) * NANOS_PER_MS;
}

/** Nanoseconds since the Unix epoch as milliseconds; the rest below a millisecond is cut off. */
export function msOfNanos(nanos: bigint): number {
  return Number(nanos / NANOS_PER_MS);
}

/** Tells the time, milliseconds since the Unix epoch. An argument wherever time decides something. */
export type Clock = () => number;

/** A span of time; nanoseconds since the Unix epoch. */
export interface TimeRange {
  /** Inclusive. */
  readonly startUnixNano: bigint;
  /** Exclusive. */
  readonly endUnixNano: bigint;
}
