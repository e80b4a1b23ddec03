/**
 * A 64-bit hash in two 32-bit halves. Made for telling series apart, not against attackers: of ten million series some
 * two share one with a probability of 3e-6.
 */
export interface Hash {
  low: number;
  high: number;
}

export function newHash(): Hash {
  return { low: 0, high: 0 };
}

export function setHash(hash: Hash, to: Hash): void {
  hash.low = to.low;
  hash.high = to.high;
}

export function clearHash(hash: Hash): void {
  hash.low = 0;
  hash.high = 0;
}

const SEED_LOW = 0x2f0b4a27;
const SEED_HIGH = 0x61c88647;
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const C3 = 0x85ebca6b;
const C4 = 0xc2b2ae35;

/**
 * Adds the hash of the bytes from `start` to `end`. Adding does not depend on the order, so that the same
 * attributes in another order are the same series.
 *
 * Both halves see every four bytes, each with its own multiplier.
 */
export function addBytes(hash: Hash, view: DataView, start: number, end: number): void {
  const size = end - start;
  let low = SEED_LOW ^ Math.imul(size, C3);
  let high = SEED_HIGH ^ Math.imul(size, C4);
  if (size >= 4) {
    const last = end - 4;
    for (let at = start; at < last; at += 4) {
      const word = view.getInt32(at, true);
      low = Math.imul(low ^ word, C1);
      high = Math.imul(high ^ word, C2);
      low ^= low >>> 15;
      high ^= high >>> 13;
    }
    // Overlaps the word before it rather than reading past the end.
    const word = view.getInt32(last, true);
    low = Math.imul(low ^ word, C1);
    high = Math.imul(high ^ word, C2);
  } else {
    for (let at = start; at < end; at++) {
      const byte = view.getUint8(at);
      low = Math.imul(low ^ byte, C1);
      high = Math.imul(high ^ byte, C2);
    }
  }
  addMixed(hash, low, high);
}

/** Adds what another hash is, with its own salt: the parts of a series each have one. */
export function addHash(hash: Hash, part: Hash, salt: number): void {
  addMixed(hash, part.low ^ salt, part.high ^ Math.imul(salt, C1));
}

/** Every bit of the input moves every bit of what is added (the finalizer of MurmurHash3; Appleby, 2011). */
function addMixed(hash: Hash, low: number, high: number): void {
  hash.low = (hash.low + mix(low ^ Math.imul(high, C2))) | 0;
  hash.high = (hash.high + mix(high ^ Math.imul(low, C4))) | 0;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), C3);
  mixed = Math.imul(mixed ^ (mixed >>> 13), C4);
  return mixed ^ (mixed >>> 16);
}
