/** Numbers fingerprints: 0 for the first that was added, and so on. Open addressing, no objects. */
export interface FingerprintIndex {
  /** The number of the fingerprint; -1 - number when it was added just now. */
  findOrAdd(low: number, high: number): number;
  has(low: number, high: number): boolean;
  size(): number;
  low(number: number): number;
  high(number: number): number;
  /** Forgets those from that number on. */
  truncate(size: number): void;
}

const INITIAL_SIZE = 1024;

/** @param initialSize a power of two: how many there is room for before it grows, at 16 bytes each */
export function createFingerprintIndex(initialSize = INITIAL_SIZE): FingerprintIndex {
  /** Two halves for each number. */
  let entries = new Int32Array(initialSize * 2);
  /** By slot: a number plus one; 0 is free. Twice as many as there may be numbers. */
  let slots = new Int32Array(initialSize * 2);
  let size = 0;

  const slotOf = (low: number, high: number): number => {
    const mask = slots.length - 1;
    let slot = (low ^ high) & mask;
    for (;;) {
      const number = (slots[slot] ?? 0) - 1;
      if (number < 0 || (entries[number * 2] === low && entries[number * 2 + 1] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  };
  const fillSlots = () => {
    slots.fill(0);
    for (let number = 0; number < size; number++) {
      slots[slotOf(entries[number * 2] ?? 0, entries[number * 2 + 1] ?? 0)] = number + 1;
    }
  };
  const grow = () => {
    const larger = new Int32Array(entries.length * 2);
    larger.set(entries);
    entries = larger;
    slots = new Int32Array(slots.length * 2);
    fillSlots();
  };

  return {
    findOrAdd(low, high) {
      const found = (slots[slotOf(low, high)] ?? 0) - 1;
      if (found >= 0) return found;
      if (size * 2 === entries.length) grow();
      slots[slotOf(low, high)] = size + 1;
      entries[size * 2] = low;
      entries[size * 2 + 1] = high;
      size += 1;
      return -size;
    },
    has: (low, high) => (slots[slotOf(low, high)] ?? 0) !== 0,
    size: () => size,
    low: (number) => entries[number * 2] ?? 0,
    high: (number) => entries[number * 2 + 1] ?? 0,
    truncate(to) {
      if (to === size) return;
      size = to;
      fillSlots();
    },
  };
}
