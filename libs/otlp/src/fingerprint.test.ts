import assert from "node:assert/strict";
import { test } from "node:test";
import { addBytes, addHash, type Hash, newHash } from "./fingerprint.ts";
import { createFingerprintIndex } from "./fingerprint-index.ts";

function hashOf(...parts: readonly string[]): Hash {
  const hash = newHash();
  for (const part of parts) {
    const bytes = Buffer.from(`<${part}>`);
    addBytes(hash, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length - 1);
  }
  return hash;
}

test("the order of what is added does not matter, what is added does", () => {
  assert.deepEqual(hashOf("a", "bc", "def"), hashOf("def", "a", "bc"));
  const others = [
    hashOf("a", "bc"),
    hashOf("a", "bcdef"),
    hashOf("a", "bc", "def", "def"),
    hashOf("a", "bc", "deg"),
    hashOf(),
  ];
  for (const other of others) assert.notDeepEqual(other, hashOf("a", "bc", "def"));
  assert.notDeepEqual(salted(1), salted(2));
});

function salted(salt: number): Hash {
  const hash = newHash();
  addHash(hash, hashOf("a"), salt);
  return hash;
}

test("every byte counts, at every length", () => {
  for (let size = 1; size < 40; size++) {
    const texts = Array.from({ length: size }, (_, at) => `${"x".repeat(at)}y${"x".repeat(size - at - 1)}`);
    const seen = new Set(texts.map((text) => JSON.stringify(hashOf(text))));
    assert.equal(seen.size, size);
  }
});

/** What tells one series from the next where they come by the thousands. */
const names: [name: string, of: (number: number) => string][] = [
  ["numbers", (number) => `user-${number}`],
  ["numbers of one length", (number) => String(number).padStart(12, "0")],
  ["hexadecimal", (number) => number.toString(16)],
  ["pods", (number) => `checkout-7d9f8b6c5d-${number.toString(36)}`],
  ["addresses", (number) => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}:9100`],
  ["UUIDs", (number) => `01890a5d-ac96-774b-bcce-b3020${String(number).padStart(7, "0")}`],
  ["numbers in front", (number) => `${number}-of-a-shop`],
];
for (const [name, of] of names) {
  test(`values that differ in the digits of a number do not collide: ${name}`, () => {
    const count = 200_000;
    const index = createFingerprintIndex();
    for (let number = 0; number < count; number++) {
      const { low, high } = hashOf(of(number));
      index.findOrAdd(low, high);
    }
    assert.equal(index.size(), count);
  });
}

test("a million sets of labels that hardly differ collide as rarely as random numbers", () => {
  const labels = 1000;
  const lows: number[] = [];
  const wholes = new Set<bigint>();
  const first = Array.from({ length: labels }, (_, i) => hashOf(`instance="10.0.${i >> 8}.${i & 255}:9100"`));
  const second = Array.from({ length: labels }, (_, i) => hashOf(`path="/api/v1/resource/${i}"`));
  for (const a of first) {
    for (const b of second) {
      const low = (a.low + b.low) | 0;
      lows.push(low);
      wholes.add((BigInt((a.high + b.high) | 0) << 32n) | BigInt(low >>> 0));
    }
  }
  assert.equal(wholes.size, labels * labels);
  // Of n random 32-bit numbers n²/2^33 pairs are equal: 116 of a million.
  const lowCollisions = lows.length - new Set(lows).size;
  assert.ok(lowCollisions < 200, `${lowCollisions}`);
});
