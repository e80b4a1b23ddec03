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
 * Two lanes of MurmurHash3_x86_128 (Appleby, 2011). Its mixing of each word before it meets the state is needed: values
 * mostly differ in the last digits of a number, and what these few bits do to one word must not be what they undo in
 * the next.
 */
export function addBytes(hash: Hash, view: DataView, start: number, end: number): void {
  const size = end - start;
  let low = SEED_LOW ^ size;
  let high = SEED_HIGH ^ size;
  if (size >= 8) {
    const last = end - 8;
    for (let at = start; at < last; at += 8) {
      low = mixLow(low, high, view.getInt32(at, true));
      high = mixHigh(low, high, view.getInt32(at + 4, true));
    }
    // Overlaps the words before it rather than reading past the end.
    low = mixLow(low, high, view.getInt32(last, true));
    high = mixHigh(low, high, view.getInt32(last + 4, true));
  } else {
    for (let at = start; at < end; at++) {
      low = mixLow(low, high, view.getUint8(at));
      high = mixHigh(low, high, low);
    }
  }
  addMixed(hash, low, high);
}

function mixLow(low: number, high: number, word: number): number {
  const mixed = Math.imul(word, C1);
  const state = low ^ Math.imul((mixed << 15) | (mixed >>> 17), C2);
  return (Math.imul((state << 19) | (state >>> 13), 5) + high + 0x561ccd1b) | 0;
}

function mixHigh(low: number, high: number, word: number): number {
  const mixed = Math.imul(word, C2);
  const state = high ^ Math.imul((mixed << 16) | (mixed >>> 16), C4);
  return (Math.imul((state << 17) | (state >>> 15), 5) + low + 0x0bcaa747) | 0;
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
