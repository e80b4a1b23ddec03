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

interface Generation {
  slots: Int32Array;
  count: number;
}

/** Two generations of a hash table without objects: when the younger is full the older is forgotten. */
export function createSeriesMemory({ maxSeries, rewriteAfterMs }: SeriesMemoryOptions): SeriesMemory {
  const capacity = Math.max(1, maxSeries >> 1);
  const size = 2 ** Math.ceil(Math.log2(capacity * 2));
  const mask = size - 1;
  const rewriteAfterSeconds = rewriteAfterMs / 1000;
  let young = newGeneration(size);
  let old = newGeneration(size);

  const remember = (low: number, high: number, unixSeconds: number): void => {
    if (young.count >= capacity) {
      [young, old] = [old, young];
      young.slots.fill(0);
      young.count = 0;
    }
    const at = find(young.slots, mask, low, high);
    if (young.slots[at + TIME] === 0) young.count++;
    young.slots[at] = low;
    young.slots[at + 1] = high;
    young.slots[at + TIME] = unixSeconds === 0 ? 1 : unixSeconds;
  };

  return {
    knows(low, high, unixSeconds) {
      const storedAt = young.slots[find(young.slots, mask, low, high) + TIME] ?? 0;
      if (storedAt !== 0) return Math.abs(unixSeconds - storedAt) < rewriteAfterSeconds;
      const storedBefore = old.slots[find(old.slots, mask, low, high) + TIME] ?? 0;
      if (storedBefore === 0 || Math.abs(unixSeconds - storedBefore) >= rewriteAfterSeconds) return false;
      remember(low, high, storedBefore);
      return true;
    },
    remember,
    size: () => young.count + old.count,
  };
}

function newGeneration(slots: number): Generation {
  return { slots: new Int32Array(slots * SLOT_FIELDS), count: 0 };
}

/** Where the fingerprint's slot begins, or the free one where it would be put. At most half of the slots are taken. */
function find(slots: Int32Array, mask: number, low: number, high: number): number {
  let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
  for (;;) {
    const at = slot * SLOT_FIELDS;
    if (slots[at + TIME] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    slot = (slot + 1) & mask;
  }
}
