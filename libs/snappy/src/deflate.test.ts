import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Random } from "@sightline/testkit/random";
import { uncompressSync } from "snappy";
import { deflateSnappy } from "./deflate.ts";
import { inflateSnappy } from "./inflate.ts";

const limit = 10_000_000;

function assertSame(plain: Buffer, name: string): void {
  const block = deflateSnappy(plain);
  assert.ok(inflateSnappy(block, limit).equals(plain), `${name}, inflated by us`);
  assert.ok(Buffer.from(uncompressSync(block)).equals(plain), `${name}, inflated by snappy`);
}

test("what is deflated is inflated by us and by snappy, and repeats get short", () => {
  const random = createRandom(3);
  const json = JSON.stringify(Array.from({ length: 5000 }, (_, index) => ({ index, name: "metric" })));
  const cases: [name: string, plain: Buffer, atMost: number][] = [
    ["nothing", Buffer.alloc(0), 1],
    ["a byte", Buffer.from("x"), 3],
    ["a run", Buffer.alloc(1_000_000, "ab"), 60_000],
    ["noise", random.bytes(300_000), 300_100],
    ["text", Buffer.from(json), json.length / 3],
    ["what repeats over the end of a fragment", Buffer.concat([random.bytes(65_530), Buffer.alloc(100, 7)]), 65_600],
  ];
  for (const [name, plain, atMost] of cases) {
    assertSame(plain, name);
    assert.ok(deflateSnappy(plain).length <= atMost, `${name}: ${deflateSnappy(plain).length}`);
  }
});

test("random repeats come back as they were", () => {
  const random = createRandom(11);
  for (let round = 0; round < 300; round++) assertSame(repeating(random), `round ${round}`);
});

/** Noise of few different bytes, and pieces of what came before. */
function repeating(random: Random): Buffer {
  const bytes: number[] = [];
  while (bytes.length < 3000) {
    if (random.oneIn(3)) for (let left = random.below(70); left > 0; left--) bytes.push(random.below(4));
    else {
      const from = random.below(bytes.length + 1);
      bytes.push(...bytes.slice(from, from + random.below(300)));
    }
  }
  return Buffer.from(bytes);
}
