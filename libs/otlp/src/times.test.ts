import assert from "node:assert/strict";
import { test } from "node:test";
import { uint64Column } from "@sightline/columns/plain-column";
import { createRandom } from "@sightline/testkit/random";
import { appendElapsed, newMillis, newNanos, setMillis, setNanos } from "./times.ts";

const random = createRandom(1);
const anyTime = () => BigInt(random.below(2 ** 31)) * 2n ** 32n + BigInt(random.below(2 ** 32));
const low = (value: bigint) => Number(BigInt.asIntN(32, value));
const high = (value: bigint) => Number(BigInt.asIntN(32, value >> 32n));

test("nanoseconds become milliseconds exactly, also where a double would round", () => {
  const edges = [0n, 999_999n, 1_000_000n, 1_700_000_000_000_000_000n, 1_699_999_999_999_999_999n, 2n ** 63n - 1n];
  const time = newMillis();
  for (const nanos of [...edges, ...Array.from({ length: 20_000 }, anyTime)]) {
    for (const near of [nanos, (nanos / 1_000_000n) * 1_000_000n, (nanos / 1_000_000n) * 1_000_000n - 1n]) {
      if (near < 0n) continue;
      setMillis(time, low(near), high(near));
      const got = BigInt(time.high) * 2n ** 32n + BigInt(time.low >>> 0);
      assert.equal(got, near / 1_000_000n, String(near));
      assert.equal(time.seconds, low(near / 1_000_000_000n));
    }
  }
  setMillis(time, -1, -1);
  assert.deepEqual([time.low, time.high], [0, 0], "beyond 2262");
});

test("what has elapsed is exact and never negative", () => {
  const [from, to] = [newNanos(), newNanos()];
  for (let i = 0; i < 5000; i++) {
    const [a, b] = [anyTime(), random.oneIn(2) ? anyTime() : anyTime() & 0xffff_ffffn];
    setNanos(from, a);
    setNanos(to, b);
    const column = uint64Column();
    appendElapsed(column, from, to);
    assert.equal(column.view.getBigUint64(0, true), b > a ? b - a : 0n);
  }
});
