import { addBytes, clearHash, newHash } from "./fingerprint.ts";
import { type NumberPoint, readNumberPoints } from "./points.ts";
import { createSeriesMemory } from "./series-memory.ts";

export interface PointSamplerOptions {
  /** Of each series a number is taken at most so often, milliseconds of the points' own time, in whole seconds. */
  readonly intervalMs: number;
  /** So many series are remembered; of more, numbers are taken more often. */
  readonly maxSeries: number;
}

/** Hands over the numbers of a tenant's message that are due; see `readNumberPoints`. */
export type PointSampler = (tenant: string, payload: Uint8Array, take: (point: NumberPoint) => void) => void;

/**
 * Reads numbers for somebody who looks at each series now and then: what comes in between costs no more than to tell
 * which series it is of.
 */
export function createPointSampler({ intervalMs, maxSeries }: PointSamplerOptions): PointSampler {
  const taken = createSeriesMemory({ maxSeries, rewriteAfterMs: intervalMs });
  const salt = newHash();
  return (tenant, payload, take) => {
    const name = Buffer.from(tenant);
    clearHash(salt);
    addBytes(salt, new DataView(name.buffer, name.byteOffset, name.length), 0, name.length);
    readNumberPoints(payload, take, (series, unixSeconds) => {
      const low = series.low ^ salt.low;
      const high = series.high ^ salt.high;
      if (taken.knows(low, high, unixSeconds)) return false;
      taken.remember(low, high, unixSeconds);
      return true;
    });
  };
}
