import type { Nanos } from "@sightline/otlp/times";

const TWO_32 = 4_294_967_296;
/** Where signed nanoseconds since the epoch end (2262). */
const LAST_MS = 9_223_372_036_854;

/**
 * Sets a time from the milliseconds since the epoch that two halves of an int64 are. False, with nothing set, when they
 * are not after the epoch or beyond what nanoseconds can say.
 */
export function setNanosOfMs(time: Nanos, low: number, high: number): boolean {
  const ms = high * TWO_32 + (low >>> 0);
  if (ms <= 0 || ms > LAST_MS) return false;
  // ms * 10^6 is beyond what a double holds exactly: the upper and the lower bits are multiplied apart.
  const upper = Math.floor(ms / 4096) * 1_000_000;
  const lower = (upper % 1_048_576) * 4096 + (ms % 4096) * 1_000_000;
  time.low = (lower % TWO_32) | 0;
  time.high = Math.floor(upper / 1_048_576) + Math.floor(lower / TWO_32);
  return true;
}
