const mask = (1n << 64n) - 1n;
const primes = [
  11400714785074694791n,
  14029467366897019727n,
  1609587929392839161n,
  9650029242287828579n,
  2870177450012600261n,
] as const;
const [p1, p2, p3, p4, p5]: readonly [bigint, bigint, bigint, bigint, bigint] = primes;

const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & mask;
const round = (state: bigint, input: bigint) => (rotate((state + input * p2) & mask, 31n) * p1) & mask;
const merge = (hash: bigint, state: bigint) => (((hash ^ round(0n, state)) * p1) & mask) + p4;

/** XXH64 with seed 0, as specified at github.com/Cyan4973/xxHash. */
export function xxhash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let hash = p5;
  if (bytes.length >= 32) {
    const states = [(p1 + p2) & mask, p2, 0n, mask + 1n - p1];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane++) {
        states[lane] = round(states[lane] ?? 0n, view.getBigUint64(at + lane * 8, true));
      }
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = states;
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & mask;
    for (const state of states) hash = merge(hash, state) & mask;
  }
  hash = (hash + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = ((rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1) & mask) + p4;
    hash &= mask;
  }
  if (at + 4 <= bytes.length) {
    hash ^= (BigInt(view.getUint32(at, true)) * p1) & mask;
    hash = (rotate(hash, 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash ^= (BigInt(bytes[at] ?? 0) * p5) & mask;
    hash = (rotate(hash, 11n) * p1) & mask;
  }
  hash = ((hash ^ (hash >> 33n)) * p2) & mask;
  hash = ((hash ^ (hash >> 29n)) * p3) & mask;
  return hash ^ (hash >> 32n);
}
