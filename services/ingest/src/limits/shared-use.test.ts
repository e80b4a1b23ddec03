import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBucket } from "@sightline/model/token-bucket";
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

/** How much each of some processes gets of one rate in a minute when it wants that much every 100 ms. */
async function shareAMinute(wanted: readonly number[], rate: { perSecond: number; burst: number }): Promise<number[]> {
  const counters = newCounters();
  const time = { ms: 0 };
  const now = () => time.ms;
  const processes = wanted.map((cost) => {
    const bucket = createTokenBucket(now);
    const usedByOthers = (_key: string, amount: number) => bucket.take(amount, rate);
    return { cost, bucket, taken: 0, ...createSharedUse({ counters, usedByOthers, now, maxKeys: 10 }) };
  });
  for (let step = 1; step <= 600; step++) {
    time.ms += 100;
    for (const process of processes) {
      if (process.cost === 0 || process.bucket.waitMs(process.cost, rate) > 0) continue;
      process.bucket.take(process.cost, rate);
      process.used("acme", process.cost);
      process.taken += process.cost;
    }
    if (step % 10 === 0) for (const process of processes) await process.exchange();
  }
  return processes.map(({ taken }) => taken);
}

test("together processes take the rate and no more, however what comes is spread over them", async () => {
  const rate = { perSecond: 1000, burst: 2000 };
  const cases: [name: string, wanted: number[]][] = [
    ["one alone", [500]],
    ["one of three", [500, 0, 0]],
    ["three alike", [500, 500, 500]],
    ["one much, one little", [1000, 50]],
  ];
  for (const [name, wanted] of cases) {
    const taken = await shareAMinute(wanted, rate);
    const sum = taken.reduce((total, each) => total + each, 0);
    // A burst at the beginning, and for each process what passes before it hears of the others.
    const most = 60 * rate.perSecond + 2 * rate.burst * wanted.length;
    assert.ok(
      sum <= most && sum >= 0.9 * 60 * rate.perSecond,
      `${name}: ${taken.join(" + ")} of ${60 * rate.perSecond}`,
    );
  }
});
