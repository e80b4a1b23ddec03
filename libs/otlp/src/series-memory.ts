/**
 * Remembers which series were stored lately, so that their rows need not be written with every batch: each batch has each
 * series about once, and a series' row is ten times its sample.
 *
 * Forgetting is always safe, since rows of `metrics_series` merge; so is telling a batch's rows twice after a crash. What
 * must not happen is to remember a series that is not stored: `remember` is for after the insert.
 */
export interface SeriesMemory {
  /**
   * Whether the series was stored with a time less than `rewriteAfterMs` from this one, both ways.
   *
   * @param low,high the fingerprint, mixed with the tenant
   */
  knows(low: number, high: number, unixSeconds: number): boolean;
  remember(low: number, high: number, unixSeconds: number): void;
  /** How many series are remembered, some of them perhaps twice. */
  size(): number;
}

export interface SeriesMemoryOptions {
  /** At most this many are remembered; the ones least used are forgotten, half of all at a time. */
  readonly maxSeries: number;
  /** How far `LastSeen` may lag behind, in milliseconds of the samples' own time. */
  readonly rewriteAfterMs: number;
}

/** A slot: the two halves of the fingerprint and the time in seconds, which is never 0; 0 is a free slot. */
const SLOT_FIELDS = 4;
const TIME = 2;
const INITIAL_SLOTS = 1024;

/** A hash table without objects. At most half of its slots are taken. */
interface Generation {
  slots: Int32Array;
  count: number;
}

/** Two generations: when the younger is full the older is forgotten. */
export function createSeriesMemory({ maxSeries, rewriteAfterMs }: SeriesMemoryOptions): SeriesMemory {
  const capacity = Math.max(1, maxSeries >> 1);
  const rewriteAfterSeconds = rewriteAfterMs / 1000;
  let young = newGeneration();
  let old = newGeneration();

  const remember = (low: number, high: number, unixSeconds: number): void => {
    if (young.count >= capacity) {
      old = young;
      young = newGeneration();
    }
    put(young, low, high, unixSeconds === 0 ? 1 : unixSeconds);
  };

  return {
    knows(low, high, unixSeconds) {
      const storedAt = young.slots[find(young.slots, low, high) + TIME] ?? 0;
      if (storedAt !== 0) return Math.abs(unixSeconds - storedAt) < rewriteAfterSeconds;
      const storedBefore = old.slots[find(old.slots, low, high) + TIME] ?? 0;
      if (storedBefore === 0 || Math.abs(unixSeconds - storedBefore) >= rewriteAfterSeconds) return false;
      remember(low, high, storedBefore);
      return true;
    },
    remember,
    size: () => young.count + old.count,
  };
}

function newGeneration(): Generation {
  return { slots: new Int32Array(INITIAL_SLOTS * SLOT_FIELDS), count: 0 };
}

/** Where the fingerprint's slot begins, or the free one where it would be put. */
function find(slots: Int32Array, low: number, high: number): number {
  const mask = slots.length / SLOT_FIELDS - 1;
  let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
  for (;;) {
    const at = slot * SLOT_FIELDS;
    if (slots[at + TIME] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    slot = (slot + 1) & mask;
  }
}

function put(generation: Generation, low: number, high: number, unixSeconds: number): void {
  if (generation.count * 2 * SLOT_FIELDS >= generation.slots.length) grow(generation);
  const { slots } = generation;
  const at = find(slots, low, high);
  if (slots[at + TIME] === 0) generation.count++;
  slots[at] = low;
  slots[at + 1] = high;
  slots[at + TIME] = unixSeconds;
}

function grow(generation: Generation): void {
  const from = generation.slots;
  generation.slots = new Int32Array(from.length * 2);
  generation.count = 0;
  for (let at = 0; at < from.length; at += SLOT_FIELDS) {
    const unixSeconds = from[at + TIME] ?? 0;
    if (unixSeconds !== 0) put(generation, from[at] ?? 0, from[at + 1] ?? 0, unixSeconds);
  }
}
