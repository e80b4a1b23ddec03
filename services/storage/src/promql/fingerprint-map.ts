import type { Words } from "./words.ts";

/**
 * What is known of fingerprints, found by their words: a Map would take a bigint for each, which costs ten times as much as to find
 * it.
 */
export interface FingerprintMap<T> {
  readonly size: number;
  /** What is known of the fingerprint that stands at a place. */
  get(words: Words, at: number): T | undefined;
  set(words: Words, at: number, value: T): void;
}

/** How many slots there are for each fingerprint, at least: so most stand in the first slot where they are looked for. */
const SLOTS_EACH = 2;
const LEAST = 16;

export function createFingerprintMap<T>(expected = LEAST): FingerprintMap<T> {
  const values: T[] = [];
  let room = 2 ** Math.ceil(Math.log2(Math.max(LEAST, expected)));
  let known = new Uint32Array(room * 2);
  // The place of what stands in a slot, plus one.
  let slots = new Uint32Array(room * SLOTS_EACH);

  /** The slot that it stands in, or the empty one that it would. Fingerprints are hashes: some bits are as good as all. */
  function slotOf(low: number, high: number): number {
    const mask = slots.length - 1;
    let slot = (low ^ high) & mask;
    for (let place = slots[slot] ?? 0; place !== 0; place = slots[slot] ?? 0) {
      if (known[2 * place - 2] === low && known[2 * place - 1] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  function grow(): void {
    const before = known;
    room *= 2;
    known = new Uint32Array(room * 2);
    known.set(before);
    slots = new Uint32Array(room * SLOTS_EACH);
    for (let place = 0; place < values.length; place++) {
      slots[slotOf(known[2 * place] ?? 0, known[2 * place + 1] ?? 0)] = place + 1;
    }
  }

  return {
    get size() {
      return values.length;
    },
    get(words, at) {
      const place = slots[slotOf(words[2 * at] ?? 0, words[2 * at + 1] ?? 0)] ?? 0;
      return place === 0 ? undefined : values[place - 1];
    },
    set(words, at, value) {
      const [low = 0, high = 0] = [words[2 * at], words[2 * at + 1]];
      const place = slots[slotOf(low, high)] ?? 0;
      if (place !== 0) {
        values[place - 1] = value;
        return;
      }
      if (values.length === room) grow();
      known[2 * values.length] = low;
      known[2 * values.length + 1] = high;
      slots[slotOf(low, high)] = values.push(value);
    },
  };
}
