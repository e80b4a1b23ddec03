import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTimeLine } from "./testing/time-line.ts";

interface Case {
  readonly name: string;
  readonly hold: string;
  /** When it is evaluated before the outage. */
  readonly before: readonly string[];
  readonly restoreAt: string;
  /** Since when the alert counts as active then, and when it fires. */
  readonly activeAt: number;
  readonly firesAt: string;
  readonly wasFiring: boolean;
}

// Rows of TestForStateRestoreHoldDuration (Prometheus 3.16, rules/manager_test.go; Apache-2.0). What fires before the outage goes on firing here,
// where Prometheus has it pending for two evaluations; otherwise alerts are active since when they are there.
const cases: readonly Case[] = [
  {
    name: "firing below the grace period",
    hold: "5m",
    before: ["0", "4m", "6m", "8m"],
    restoreAt: "12m",
    activeAt: 0,
    firesAt: "12m",
    wasFiring: true,
  },
  {
    name: "firing at the grace period",
    hold: "10m",
    before: ["0", "9m", "11m", "13m"],
    restoreAt: "17m",
    activeAt: 0,
    firesAt: "17m",
    wasFiring: true,
  },
  {
    name: "firing above the grace period",
    hold: "15m",
    before: ["0", "14m", "16m", "18m"],
    restoreAt: "22m",
    activeAt: 0,
    firesAt: "22m",
    wasFiring: true,
  },
  {
    name: "pending below the grace period begins anew",
    hold: "5m",
    before: ["0", "2m"],
    restoreAt: "5m",
    activeAt: 5,
    firesAt: "10m",
    wasFiring: false,
  },
  {
    name: "pending above the grace period leaves the outage out",
    hold: "25m",
    before: ["0", "5m"],
    restoreAt: "15m",
    activeAt: 10,
    firesAt: "35m",
    wasFiring: false,
  },
  {
    name: "pending near the end gets the grace period",
    hold: "25m",
    before: ["0", "20m"],
    restoreAt: "25m",
    activeAt: 10,
    firesAt: "35m",
    wasFiring: false,
  },
  {
    name: "after too long an outage it begins anew",
    hold: "5m",
    before: ["0", "4m", "6m", "8m"],
    restoreAt: "39m",
    activeAt: 39,
    firesAt: "44m",
    wasFiring: true,
  },
  {
    name: "without a hold it fires",
    hold: "0s",
    before: ["0", "2m"],
    restoreAt: "6m",
    activeAt: 0,
    firesAt: "6m",
    wasFiring: true,
  },
];

describe("`for` after an outage", () => {
  for (const { name, hold, before, restoreAt, activeAt, firesAt, wasFiring } of cases) {
    test(name, async () => {
      const line = createTimeLine({ rules: `  - { alert: AlwaysActive, expr: vector(1), for: ${hold} }` });
      for (const time of before) await line.at(time);
      assert.equal(line.state().rules[0]?.instances[0]?.state, wasFiring ? "firing" : "pending");
      line.restore(restoreAt, { unnoticedMs: 120_000, outageToleranceMs: 30 * 60_000 });
      await line.at(restoreAt);
      const instance = line.state().rules[0]?.instances[0];
      assert.equal(instance?.activeAtMs, activeAt * 60_000);
      if (restoreAt !== firesAt) assert.equal(instance?.state, "pending");
      const [fired = ""] = await line.at(firesAt);
      assert.match(fired, /^firing/);
    });
  }

  test("nothing changes when another process has taken over in time", async () => {
    const line = createTimeLine({ rules: "  - { alert: A, expr: vector(1), for: 5m }" });
    for (const time of ["0", "1m"]) await line.at(time);
    line.restore("3m", { unnoticedMs: 120_000 });
    assert.equal(line.state().rules[0]?.instances[0]?.activeAtMs, 0);
  });

  test("what is forgotten is told", async () => {
    const line = createTimeLine({ rules: "  - { alert: A, expr: vector(1) }" });
    await line.at("0");
    line.decisions();
    line.restore("2h", { unnoticedMs: 120_000 });
    assert.deepEqual(line.decisions(), ["A: firing -> inactive at 7200s, outage_too_long"]);
  });
});
