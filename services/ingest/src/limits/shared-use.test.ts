import assert from "node:assert/strict";
import { test } from "node:test";
import { createSharedUse } from "./shared-use.ts";

/** What several processes share, as Redis would hold it. */
function newCounters() {
  const sums = new Map<string, number>();
  return {
    sums,
    incrementMany: async (additions: readonly (readonly [string, number])[]) =>
      additions.map(([key, by]) => {
        const sum = (sums.get(key) ?? 0) + by;
        sums.set(key, sum);
        return sum;
      }),
  };
}

function start(counters = newCounters()) {
  const time = { ms: 0 };
  const process = () => {
    const heard: [string, number][] = [];
    const usedByOthers = (key: string, amount: number) => heard.push([key, amount]);
    return { heard, ...createSharedUse({ counters, usedByOthers, now: () => time.ms, maxKeys: 2 }) };
  };
  return { time, counters, process };
}

test("each process hears what the others used, and not what it used itself", async () => {
  const { process } = start();
  const [one, two] = [process(), process()];
  const round = async (ofOne: number, ofTwo: number) => {
    one.used("acme", ofOne);
    two.used("acme", ofTwo);
    await one.exchange();
    await two.exchange();
  };
  await round(10, 20);
  await round(5, 7);
  await round(1, 1);
  assert.deepEqual(one.heard, [
    ["acme", 20],
    ["acme", 7],
  ]);
  assert.deepEqual(two.heard, [
    ["acme", 5],
    ["acme", 1],
  ]);
});

test("who was silent for long is not charged for what the others used meanwhile", async () => {
  const { time, process } = start();
  const [one, two] = [process(), process()];
  for (const each of [one, two]) {
    each.used("acme", 1);
    await each.exchange();
  }
  for (let second = 0; second < 60; second++) {
    time.ms += 1000;
    two.used("acme", 100);
    await two.exchange();
  }
  one.used("acme", 1);
  await one.exchange();
  assert.deepEqual(one.heard, []);
});

test("counters that began anew charge nobody", async () => {
  const { counters, process } = start();
  const one = process();
  one.used("acme", 1000);
  await one.exchange();
  counters.sums.clear();
  one.used("acme", 10);
  await one.exchange();
  assert.deepEqual(one.heard, []);
});

test("what is used of more keys than it may hold is not shared", async () => {
  const { counters, process } = start();
  const one = process();
  for (const key of ["a", "b", "c"]) one.used(key, 1);
  await one.exchange();
  assert.equal(counters.sums.size, 2);
});
