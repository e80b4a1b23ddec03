import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EventView } from "@sightline/query/condition/fields";
import { createTimeLine, ms } from "./testing/time-line.ts";

const [firing, pending, inactive] = ["firing", "pending", "inactive"].map((state) => `${state} {alertname="A"} 9`);

describe("alerts that somebody has ended", () => {
  test("come back with the next evaluation that still finds them", async () => {
    const line = createTimeLine({ rules: "  - { alert: A, expr: x > 5 }", series: ["x 9 9 9"] });
    assert.deepEqual(await line.at("0"), [firing]);
    line.decisions();
    assert.deepEqual(line.end("30s"), [inactive]);
    assert.deepEqual(await line.at("1m"), [firing]);
    assert.deepEqual(line.decisions(), ["A: inactive -> firing at 60s, nothing_to_wait_for"]);
    assert.equal(line.state().rules[0]?.instances[0]?.activeAtMs, ms("1m"));
  });

  test("wait for their `for` anew, and are not held by `keep_firing_for`", async () => {
    const rules = "  - { alert: A, expr: x > 5, for: 1m, keep_firing_for: 1h }";
    const line = createTimeLine({ rules, series: ["x 9 9 9 9 1 1"] });
    assert.deepEqual(await line.at("0"), [pending]);
    assert.deepEqual(await line.at("1m"), [firing]);
    line.end("90s");
    assert.deepEqual(await line.at("2m"), [pending]);
    assert.deepEqual(await line.at("3m"), [firing]);
    assert.deepEqual(await line.at("4m"), [firing], "by keep_firing_for");
    assert.deepEqual(line.end("5m"), [inactive]);
    assert.deepEqual(await line.at("5m"), [inactive]);
    const waiting = createTimeLine({ rules: "  - { alert: A, expr: x > 5, for: 2m }", series: ["x 9 9 9 9 9"] });
    await waiting.at("0");
    assert.deepEqual(waiting.end("1m"), [], "what was only pending is gone");
    for (const time of ["1m", "2m"]) assert.deepEqual(await waiting.at(time), [pending]);
    assert.deepEqual(await waiting.at("3m"), [firing]);
  });

  test("stay over when their condition has ended, and others go on", async () => {
    const line = createTimeLine({ rules: "  - { alert: A, expr: x > 5 }", series: ['x{a="1"} 9 1', 'x{a="2"} 9 9'] });
    await line.at("0");
    line.end("30s", { a: "1" });
    assert.deepEqual(await line.at("1m"), ['firing {a="2", alertname="A"} 9', 'inactive {a="1", alertname="A"} 9']);
    assert.deepEqual(await line.ask("ALERTS", "1m"), [
      '{__name__="ALERTS", a="2", alertname="A", alertstate="firing"} 1',
    ]);
    // What began after the end that is heard of late is another alert.
    assert.deepEqual(line.end("30s", { a: "2" }), line.end("30s", { a: "2" }));
    const late = createTimeLine({ rules: "  - { alert: A, expr: x > 5 }", series: ["x 1 9"] });
    await late.at("0");
    await late.at("1m");
    assert.deepEqual(late.end("30s"), [firing]);
  });

  test("are not found again in the past by a rule that waits for late data", async () => {
    const rules = "  - { alert: A, expr: x > 5, sightline: { late: 30m } }";
    const line = createTimeLine({ rules, series: ["x 9 9 1 1"] });
    // Whether it held then is looked at again when all data have come.
    assert.deepEqual(await line.at("1m", { watermark: "0" }), [firing]);
    line.end("90s");
    line.decisions();
    assert.deepEqual(await line.at("2m", { watermark: "2m" }), [inactive]);
    assert.deepEqual(await line.at("3m", { watermark: "3m" }), [inactive]);
    assert.deepEqual(line.decisions(), []);
  });

  for (const until of ["", ", resolve_when: event_type == 'calm'"]) {
    test(`of events${until} begin anew with new events, each group for itself`, async () => {
      const rules = `
  - alert: Booms
    sightline:
      events: { condition: event_type == 'boom', threshold_count: 2, threshold_time_window: 1h, group_by: [target]${until} }`;
      const line = createTimeLine({ rules });
      const event = (at: string, target: string) => ({ atMs: ms(at), view: viewOf(target) });
      const firingA = 'firing {alertname="Booms", target="a"} 2';
      await line.events("1m", [event("1m", "a"), event("1m", "a"), event("1m", "b")]);
      line.end("2m", { target: "a" });
      assert.deepEqual(await line.at("3m"), [firingA.replace("firing", "inactive")]);
      assert.deepEqual(await line.events("4m", [event("4m", "a")]), [firingA.replace("firing", "inactive")]);
      assert.deepEqual(await line.events("5m", [event("5m", "a"), event("5m", "b")]), [
        firingA,
        firingA.replace('"a"', '"b"'),
      ]);
    });
  }
});

function viewOf(target: string): EventView {
  return {
    ...{ event_id: "", event_type: "boom", severity: "warning", source: "test", target, category: null, title: "" },
    ...{ description: null, health_score: null, details: {}, labels: {}, metadata: null, resource_usage: null },
  };
}
