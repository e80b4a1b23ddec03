import { createFingerprintIndex, type FingerprintIndex } from "@sightline/otlp/fingerprint-index";
import type { SeriesGate } from "@sightline/otlp/series-walk";

export interface ActiveSeriesOptions {
  /** All tenants together; beyond it only who has less than an even share gets new ones. 16 to 32 bytes each. */
  readonly maxHeld: number;
  /** A series that was not seen for that long is not active; it may be taken for active for twice as long. */
  readonly idleMs: number;
  /** Milliseconds on a clock that does not go back. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Which series of metrics tenants have, by their hashes. */
export interface ActiveSeries {
  /** Lets known series pass, and new ones as long as the tenant has less than `max`. */
  gate(tenant: string, max: number): SeriesGate;
  /**
   * Whether a request of that many bytes is to be looked at. While a tenant is far from its limit one in eight is enough
   * to notice that it comes nearer, and the walk over series costs as much as all other validation.
   */
  worthLooking(tenant: string, max: number, bytes: number): boolean;
  /** How many series a tenant has; about, while not every request is looked at. */
  size(tenant: string): number;
  /** Forgets a tenant. */
  forget(tenant: string): void;
}

/** Limits up to this are always counted exactly. */
const EXACT_UP_TO = 100_000;
const ONE_IN = 8;
/** Requests from this size on hold so many series that one of them may not be passed over. */
const ALWAYS_FROM_BYTES = 512 * 1024;
const INITIAL_SIZE = 64;

/** What one tenant has: seen in this period, and in the one before. */
interface Generations {
  young: FingerprintIndex;
  old: FingerprintIndex;
  /** How many of the old are also among the young. */
  promoted: number;
  beganAtMs: number;
}

/** Memory of active series: two generations for each tenant, in typed arrays. */
export function createActiveSeries({ maxHeld, idleMs, now, random }: ActiveSeriesOptions): ActiveSeries {
  const tenants = new Map<string, Generations>();
  let held = 0;

  const newGeneration = () => createFingerprintIndex(INITIAL_SIZE);
  const sizeOf = ({ young, old, promoted }: Generations) => young.size() + old.size() - promoted;
  const heldBy = ({ young, old }: Generations) => young.size() + old.size();

  const age = (series: Generations): void => {
    const elapsedMs = now() - series.beganAtMs;
    if (elapsedMs < idleMs) return;
    held -= series.old.size();
    series.old = series.young;
    series.young = newGeneration();
    series.promoted = 0;
    series.beganAtMs = now();
    if (elapsedMs < 2 * idleMs) return;
    held -= series.old.size();
    series.old = newGeneration();
  };

  const of = (tenant: string): Generations => {
    const known = tenants.get(tenant);
    if (known !== undefined) {
      age(known);
      return known;
    }
    const series = { young: newGeneration(), old: newGeneration(), promoted: 0, beganAtMs: now() };
    tenants.set(tenant, series);
    return series;
  };

  return {
    gate: (tenant, max) => {
      const series = of(tenant);
      const mayGrow = () => held < maxHeld || heldBy(series) < maxHeld / tenants.size;
      return {
        admit: (low, high) => {
          if (series.young.has(low, high)) return true;
          const isOld = series.old.has(low, high);
          if (!isOld && (sizeOf(series) >= max || !mayGrow())) return false;
          series.young.findOrAdd(low, high);
          held += 1;
          if (isOld) series.promoted += 1;
          return true;
        },
      };
    },
    worthLooking: (tenant, max, bytes) =>
      max <= EXACT_UP_TO ||
      bytes >= ALWAYS_FROM_BYTES ||
      sizeOf(of(tenant)) * ONE_IN * 2 >= max ||
      random() * ONE_IN < 1,
    size: (tenant) => {
      const series = tenants.get(tenant);
      return series === undefined ? 0 : sizeOf(series);
    },
    forget: (tenant) => {
      const series = tenants.get(tenant);
      if (series !== undefined) held -= heldBy(series);
      tenants.delete(tenant);
    },
  };
}
