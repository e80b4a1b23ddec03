import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@sightline/testkit/random";
import { createFingerprintMap } from "./fingerprint-map.ts";
import { wordsOf } from "./words.ts";

test("fingerprints are found, whatever bits they share, and only those that were set", () => {
  const random = createRandom(7);
  // Of 256 lower and 256 upper words, so that many are equal in one of them or stand in the same slot.
  const word = () => BigInt(random.below(256)) << BigInt(random.below(3) * 12);
  const all = BigUint64Array.from({ length: 5000 }, () => (word() << 32n) | word());
  const words = wordsOf(all);
  const map = createFingerprintMap<number>();
  const expected = new Map<bigint, number>();
  for (const [at, fingerprint] of all.entries()) {
    if (at % 3 === 0) continue;
    map.set(words, at, at);
    expected.set(fingerprint, at);
  }
  assert.equal(map.size, expected.size);
  for (const [at, fingerprint] of all.entries()) assert.equal(map.get(words, at), expected.get(fingerprint));
  assert.equal(createFingerprintMap().get(words, 0), undefined);
});
