import type { Hash } from "./fingerprint.ts";

/** Finds the number of a fingerprint: 0 for the first that was added, and so on. Open addressing, no objects. */
export interface FingerprintIndex {
  /** The number of the fingerprint and tenant; -1 - number when it was added just now. */
  findOrAdd(fingerprint: Hash, tenant: number): number;
  size(): number;
  /** Forgets those from that number on. */
  truncate(size: number): void;
}

export function createFingerprintIndex(): FingerprintIndex {
  let lows = new Int32Array(1024);
  let highs = new Int32Array(1024);
  let tenants = new Int32Array(1024);
  /** By slot: a number plus one; 0 is free. Twice as many as there may be numbers. */
  let slots = new Int32Array(2048);
  let size = 0;

  const slotOf = (low: number, high: number, tenant: number): number => {
    const mask = slots.length - 1;
    let slot = (low ^ high ^ Math.imul(tenant, 0x9e37_79b1)) & mask;
    for (;;) {
      const number = (slots[slot] ?? 0) - 1;
      if (number < 0) return slot;
      if (lows[number] === low && highs[number] === high && tenants[number] === tenant) return slot;
      slot = (slot + 1) & mask;
    }
  };
  const fillSlots = () => {
    slots.fill(0);
    for (let number = 0; number < size; number++) {
      slots[slotOf(lows[number] ?? 0, highs[number] ?? 0, tenants[number] ?? 0)] = number + 1;
    }
  };
  const grow = () => {
    const larger = (from: Int32Array<ArrayBuffer>) => {
      const to = new Int32Array(from.length * 2);
      to.set(from);
      return to;
    };
    lows = larger(lows);
    highs = larger(highs);
    tenants = larger(tenants);
    slots = new Int32Array(slots.length * 2);
    fillSlots();
  };

  return {
    findOrAdd: ({ low, high }, tenant) => {
      const slot = slotOf(low, high, tenant);
      const found = (slots[slot] ?? 0) - 1;
      if (found >= 0) return found;
      if (size === lows.length) {
        grow();
        slots[slotOf(low, high, tenant)] = size + 1;
      } else slots[slot] = size + 1;
      lows[size] = low;
      highs[size] = high;
      tenants[size] = tenant;
      size += 1;
      return -size;
    },
    size: () => size,
    truncate: (to) => {
      if (to === size) return;
      size = to;
      fillSlots();
    },
  };
}
