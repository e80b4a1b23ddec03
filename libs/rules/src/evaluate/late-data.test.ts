import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { away, createTimeLine } from "./testing/time-line.ts";

const rules = "  - { alert: A, expr: x > 5, sightline: { late: 30m } }";

describe("data that come late", () => {
  test("what fired and is over is told when it is found out", async () => {
    const line = createTimeLine({ rules, series: ["x 1 _ 1 1 1 1"] });
    for (const time of ["0", "1m", "2m"]) assert.deepEqual(await line.at(time, { watermark: "0" }), []);
    await line.late("x 9", "1m");
    assert.deepEqual(await line.at("3m", { watermark: "3m" }), ['inactive {alertname="A"} 9']);
    assert.deepEqual(line.decisions(), [
      "A: inactive -> firing at 60s, fired_late, found out 120s later",
      "A: firing -> inactive at 120s, condition_ended, found out 60s later",
    ]);
    const [instance] = line.state().rules[0]?.instances ?? [];
    assert.deepEqual([instance?.firedAtMs, instance?.resolvedAtMs, instance?.detectedAtMs], [60_000, 120_000, 180_000]);
  });

  test("what would be firing by now fires, since when it is true", async () => {
    const line = createTimeLine({
      rules: "  - { alert: A, expr: x > 5, for: 2m, sightline: { late: 30m } }",
      series: ["x 1"],
    });
    for (const time of ["0", "1m", "2m", "3m", "4m"]) assert.deepEqual(await line.at(time, { watermark: "0" }), []);
    for (const time of ["1m", "2m", "3m", "4m", "5m"]) await line.late("x 9", time);
    assert.deepEqual(await line.at("5m", { watermark: "5m" }), ['firing {alertname="A"} 9']);
    assert.deepEqual(line.decisions().slice(-1), ["A: pending -> firing at 180s, fired_late, found out 120s later"]);
    assert.equal(line.state().rules[0]?.instances[0]?.activeAtMs, 60_000);
  });

  test("what should not have fired is taken back", async () => {
    const line = createTimeLine({
      rules: "  - { alert: A, expr: absent(x), sightline: { late: 30m } }",
      series: ["y 1"],
    });
    assert.deepEqual(await line.at("1m", { watermark: "0" }), ['firing {alertname="A"} 1']);
    await line.late("x 1", "1m");
    assert.deepEqual(await line.at("2m", { watermark: "2m" }), ['inactive {alertname="A"} 1']);
    assert.deepEqual(line.decisions(), [
      "A: inactive -> firing at 60s, nothing_to_wait_for, provisional",
      "A: firing -> inactive at 120s, condition_ended",
    ]);
    const other = createTimeLine({
      rules: "  - { alert: A, expr: x > 5, keep_firing_for: 1h, sightline: { late: 30m } }",
      series: ["x 9 1x9"],
    });
    assert.deepEqual(await other.at("0", { watermark: "0" }), ['firing {alertname="A"} 9']);
    assert.deepEqual(await other.at("1m", { watermark: "1m" }), ['firing {alertname="A"} 9'], "it did hold");
  });

  test("one that goes on firing on its own, of data that were corrected, is retracted", async () => {
    const line = createTimeLine({
      rules: "  - { alert: A, expr: absent(x), keep_firing_for: 1h, sightline: { late: 30m } }",
      series: ["y 1"],
    });
    await line.at("1m", { watermark: "0" });
    await line.late("x 1", "1m");
    line.decisions();
    assert.deepEqual(await line.at("2m", { watermark: "2m" }), ['inactive {alertname="A"} 1']);
    assert.deepEqual(line.decisions(), ["A: firing -> inactive at 120s, retracted"]);
  });

  test("nothing is said twice when there is nothing new", async () => {
    const line = createTimeLine({ rules, series: ["x 1 9 9 1 1 1"] });
    for (const [time, watermark] of [
      ["0", "0"],
      ["1m", "0"],
      ["2m", "1m"],
      ["3m", "2m"],
      ["4m", "4m"],
    ] as const) {
      await line.at(time, { watermark });
    }
    assert.deepEqual(line.decisions(), [
      "A: inactive -> firing at 60s, nothing_to_wait_for, provisional",
      "A: firing -> inactive at 180s, condition_ended, provisional",
    ]);
    assert.deepEqual(line.state().rules[0]?.late?.openTimesMs, []);
  });

  test("later than the rule waits it changes nothing", async () => {
    const line = createTimeLine({
      rules: "  - { alert: A, expr: x > 5, sightline: { late: 2m } }",
      series: ["x 1 _ 1 1 1 1 1 1"],
    });
    for (const time of ["0", "1m", "2m", "3m"]) await line.at(time, { watermark: "0" });
    await line.late("x 9", "1m");
    await line.at("4m", { watermark: "4m" });
    assert.deepEqual(line.decisions(), []);
  });

  test("times stay open while nobody can be asked", async () => {
    const line = createTimeLine({ rules, series: ["x 1 1 1"] });
    await line.at("0", { watermark: "0" });
    await line.at("1m", { watermark: "0" });
    line.fail(away);
    await line.at("2m", { watermark: "2m" });
    assert.deepEqual(line.state().rules[0]?.late?.openTimesMs, [60_000]);
  });
});
