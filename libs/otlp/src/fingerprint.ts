/**
 * A 64-bit hash in two 32-bit halves. Made for telling series apart, not against attackers: two of a million series share
 * one with a probability of 3e-8.
 */
export interface Hash {
  low: number;
  high: number;
}

export function newHash(): Hash {
  return { low: 0, high: 0 };
}

export function clearHash(hash: Hash): void {
  hash.low = 0;
  hash.high = 0;
}

const SEED_LOW = 0x2f0b_4a27;
const SEED_HIGH = 0x61c8_8647;

/**
 * Adds the hash of the bytes from `start` to `end`, salted. Adding does not depend on the order, so that the same
 * attributes in another order are the same series.
 */
export function addBytes(hash: Hash, bytes: Uint8Array, start: number, end: number, salt: number): void {
  let low = SEED_LOW ^ salt;
  let high = SEED_HIGH ^ Math.imul(salt, 0x85eb_ca6b);
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    // FNV-1a (Fowler, Noll, Vo) twice, with two primes.
    low = Math.imul(low ^ byte, 0x0100_0193);
    high = Math.imul(high ^ byte, 0x0100_0b5f);
  }
  addMixed(hash, low ^ (end - start), high + (end - start));
}

/** Adds what another hash is, with its own salt: the parts of a series each have one. */
export function addHash(hash: Hash, part: Hash, salt: number): void {
  addMixed(hash, part.low ^ salt, part.high ^ Math.imul(salt, 0x9e37_79b1));
}

/** Every bit of the input moves every bit of what is added (the finalizer of MurmurHash3; Appleby, 2011). */
function addMixed(hash: Hash, low: number, high: number): void {
  hash.low = (hash.low + mix(low ^ Math.imul(high, 0x27d4_eb2f))) | 0;
  hash.high = (hash.high + mix(high ^ Math.imul(low, 0x1656_67b1))) | 0;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
