import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EventView } from "@sightline/query/condition/fields";
import { maxWindows } from "./event-window.ts";
import { createTimeLine, ms } from "./testing/time-line.ts";

/** The literal rule of the first users: three times over 90 % in five minutes. */
const rulesWith = (more: string) => `
  - alert: high_cpu_usage
    sightline:
      events:
        condition: event_type == 'resource_threshold' and details.get('resource_type') == 'cpu' and details.get('usage_percent') > 90
        ${more}
        threshold_count: 3
        threshold_time_window: 300
        group_by: [target, details.rack]
    annotations: { summary: "{{ $value }} times on {{ $labels.target }}" }`;
const rules = rulesWith("");
const rulesWithEnd = rulesWith("resolve_when: event_type == 'resource_normal'");

function event(at: string, fields: Partial<EventView> = {}) {
  const view: EventView = {
    event_id: "",
    event_type: "resource_threshold",
    severity: "warning",
    source: "test",
    target: "web-1",
    category: null,
    title: "",
    description: null,
    health_score: null,
    details: { resource_type: "cpu", usage_percent: 95, rack: 7 },
    labels: {},
    metadata: null,
    resource_usage: null,
    ...fields,
  };
  return { atMs: ms(at), view };
}

const firing = 'firing {alertname="high_cpu_usage", details_rack="7", target="web-1"} 3';
const inactive = firing.replace("firing", "inactive");
const normal = { event_type: "resource_normal" };

describe("rules of events", () => {
  test("the third event within the time fires at once; the time's end ends it", async () => {
    const line = createTimeLine({ rules });
    assert.deepEqual(await line.events("1m", [event("1m")]), []);
    assert.deepEqual(
      await line.events("2m", [event("2m"), event("2m", { details: { resource_type: "cpu", usage_percent: 50 } })]),
      [],
    );
    assert.deepEqual(await line.events("3m", [event("3m")]), [firing]);
    assert.equal(line.state().rules[0]?.instances[0]?.annotations["summary"], "3 times on web-1");
    assert.deepEqual(await line.at("5m"), [firing]);
    assert.deepEqual(await line.at("6m"), [inactive]);
    assert.deepEqual(line.decisions(), [
      "high_cpu_usage: inactive -> firing at 180s, nothing_to_wait_for",
      "high_cpu_usage: firing -> inactive at 360s, condition_ended",
    ]);
  });

  test("an event that is told again under its id counts once, also after newer ones", async () => {
    const line = createTimeLine({ rules });
    await line.events("1m", [event("1m", { event_id: "a" })]);
    assert.deepEqual(await line.events("2m", [event("1m", { event_id: "a" }), event("1m", { event_id: "a" })]), []);
    await line.events("2m", [event("2m", { event_id: "b" })]);
    assert.deepEqual(await line.events("2m", [event("1m", { event_id: "a" })]), []);
    assert.deepEqual(await line.events("3m", [event("3m", { event_id: "c" })]), [firing]);
  });

  test("each group counts for itself", async () => {
    const line = createTimeLine({ rules });
    assert.deepEqual(await line.events("3m", [event("1m"), event("2m", { target: "web-2" }), event("3m")]), []);
  });

  const senders: readonly (readonly [field: string, label: string])[] = [
    ["metadata.source_ip", 'metadata_source_ip="10.0.0.7"'],
    ["source_ip", 'source_ip="10.0.0.7"'],
    ["user_id", 'user_id="ada"'],
    ["team", 'team="payments"'],
    ["host.name", 'host_name="web-1"'],
    ["target", 'target="web-1"'],
  ];
  for (const [field, label] of senders) {
    test(`alerts can be told apart by ${field}`, async () => {
      const source = `{ condition: event_type == 'resource_threshold', group_by: [${field}, category, nothing] }`;
      const line = createTimeLine({ rules: `  - { alert: A, sightline: { events: ${source} } }` });
      const labels = { team: "payments", "host.name": "web-1", target: "is a field" };
      const metadata = { correlation_id: null, user_id: "ada", source_ip: "10.0.0.7", labels };
      const told = await line.events("1m", [event("1m", { category: "", labels, metadata })]);
      assert.deepEqual(told, [`firing {${['alertname="A"', label].sort().join(", ")}} 1`]);
    });
  }

  test("an event that says that it is over ends it", async () => {
    const line = createTimeLine({ rules: rulesWithEnd });
    await line.events("3m", [event("1m"), event("2m"), event("3m")]);
    assert.deepEqual(await line.events("4m", [event("4m", normal)]), [inactive]);
    assert.deepEqual(await line.events("5m", [event("5m")]), [inactive], "what was before does not count any more");
  });

  test("an end that is told together with its beginning, and before it, ends it", async () => {
    const line = createTimeLine({ rules: rulesWithEnd });
    assert.deepEqual(await line.events("4m", [event("4m", normal), event("1m"), event("2m"), event("3m")]), []);
    assert.deepEqual(await line.at("5m"), []);
  });

  test("an end that is told before its beginning, of which nobody knew, is its end; not of what begins later", async () => {
    const once = rulesWithEnd.replace("threshold_count: 3", "threshold_count: 1");
    const line = createTimeLine({ rules: once });
    assert.deepEqual(await line.events("4m", [event("4m", normal)]), []);
    assert.deepEqual(await line.events("5m", [event("3m")]), []);
    assert.deepEqual(await line.events("5m", [event("3m", { target: "web-2" })]), [
      firing.replace("web-1", "web-2").replace(/3$/, "1"),
    ]);
    await line.events("6m", [event("6m", { ...normal, target: "web-2" })]);
    await line.events("9m", [event("9m", { ...normal, target: "web-2" })]);
    await line.at("1h");
    assert.deepEqual(await line.events("1h", [event("8m", { target: "web-2" })]), [], "nor of what had ended before");
    assert.deepEqual(await line.events("1h1m", [event("5m")]), [firing.replace(/3$/, "1")]);
  });

  test("where an event says that it is over, no time that passes does", async () => {
    const line = createTimeLine({ rules: rulesWithEnd });
    await line.events("3m", [event("1m"), event("2m"), event("3m")]);
    for (const time of ["9m", "14m", "2h"]) assert.deepEqual(await line.at(time), [firing]);
    line.restore("3h", { unnoticedMs: 60_000, outageToleranceMs: ms("1d") });
    assert.deepEqual(await line.events("3h", [event("3h")]), [firing.replace(/3$/, "4")], "all that came since count");
    assert.deepEqual(await line.events("4h", [event("4h", normal)]), [inactive.replace(/3$/, "4")]);
    assert.deepEqual(line.decisions(), [
      "high_cpu_usage: inactive -> firing at 180s, nothing_to_wait_for",
      "high_cpu_usage: firing -> inactive at 14400s, condition_ended",
    ]);
    assert.deepEqual(await line.events("5h", [event("5h"), event("5h", { event_id: "a" })]), [], "it begins anew");
    assert.deepEqual(await line.events("5h", [event("5h", { event_id: "b" })]), [firing]);
  });

  const ends = [
    { name: "before all that count", at: "30s", line: firing },
    { name: "in the midst of them", at: "1m30s", line: inactive },
    { name: "long before", at: "0", line: firing },
  ];
  for (const { name, at, line: expected } of ends) {
    test(`an end that comes late and was ${name}`, async () => {
      const line = createTimeLine({ rules: rulesWithEnd });
      await line.events("3m", [event("1m"), event("2m"), event("3m")]);
      await line.at("20m");
      await line.events("20m", [event("20m", { details: null })]);
      assert.deepEqual(await line.events("21m", [event(at, normal)]), [expected]);
      assert.deepEqual(await line.at("30m"), [expected]);
    });
  }

  test("an event that happened before its end and comes after it begins nothing, for a day", async () => {
    const once = rulesWithEnd.replace("threshold_count: 3", "threshold_count: 1");
    const line = createTimeLine({ rules: once });
    const over = inactive.replace(/3$/, "1");
    await line.events("1m", [event("1m")]);
    await line.events("5m", [event("5m", normal)]);
    assert.deepEqual(await line.at("10m"), [over]);
    assert.deepEqual(await line.at("1h"), []);
    assert.deepEqual(await line.events("1h", [event("4m")]), []);
    assert.deepEqual(await line.events("1h", [event("1h")]), [firing.replace(/3$/, "1")]);
  });

  test("what fires when its rule learns what ends it is held from then on", async () => {
    const line = createTimeLine({ rules });
    await line.events("3m", [event("1m"), event("2m"), event("3m")]);
    await line.at("4m");
    line.change(rulesWithEnd);
    for (const time of ["5m", "1h"]) assert.deepEqual(await line.at(time), [firing]);
    line.change(rules);
    assert.deepEqual(await line.at("2h"), [inactive], "and not any more when it forgets it");
  });

  test("an evaluation of a time before an event that was decided as it came ends nothing", async () => {
    for (const text of [rules, rulesWithEnd]) {
      const line = createTimeLine({ rules: text });
      await line.events("3m2s", [event("1m"), event("2m"), event("3m1s")]);
      assert.deepEqual(await line.at("3m"), [firing]);
    }
  });

  test("an event that comes late and completes a time that is over is told for then", async () => {
    const line = createTimeLine({ rules });
    await line.events("8m", [event("1m"), event("8m")]);
    assert.deepEqual(await line.events("20m", [event("2m")]), [], "1m and 2m are too few");
    await line.events("9m", [event("1m", { target: "b" }), event("2m", { target: "b" })]);
    line.decisions();
    assert.deepEqual(await line.events("9m", [event("3m", { target: "b" })]), [
      'inactive {alertname="high_cpu_usage", details_rack="7", target="b"} 3',
    ]);
    assert.deepEqual(line.decisions(), [
      "high_cpu_usage: inactive -> firing at 180s, fired_late, found out 360s later",
      "high_cpu_usage: firing -> inactive at 480s, condition_ended, found out 60s later",
    ]);
  });

  test("events of more groups than a rule follows are said, once a minute", async () => {
    const line = createTimeLine({ rules });
    const ofTargets = (at: string, first: number, count: number) =>
      Array.from({ length: count }, (_, i) => event(at, { target: `t${first + i}` }));
    await line.events("1m", ofTargets("1m", 0, maxWindows));
    assert.deepEqual(line.decisions(), []);
    await line.events("2m", [...ofTargets("2m", 0, 1), ...ofTargets("2m", maxWindows, 2)]);
    await line.events("2m30s", ofTargets("2m30s", maxWindows, 1));
    const said =
      "too_many_groups high_cpu_usage: 2 events, the first of 1970-01-01T00:02:00.000Z, beyond the 10000 groups that it follows";
    assert.deepEqual(line.decisions(), [said]);
    await line.events("3m", ofTargets("3m", maxWindows, 1));
    assert.equal(line.decisions().length, 1);
    await line.at("1h");
    await line.events("1h", ofTargets("1h", maxWindows, 1));
    assert.deepEqual(line.decisions(), [], "there is room again");
  });

  test("an anomaly is such an event", async () => {
    const anomalies = '  - { alert: Odd, sightline: { anomaly: { metric: "it\'s", min_confidence: 0.8 } } }';
    const line = createTimeLine({ rules: anomalies });
    const found = (metric: string, confidence: number) =>
      event("1m", { event_type: "anomaly", details: { metric, confidence } });
    assert.deepEqual(await line.events("1m", [found("it's", 0.7), found("other", 0.9)]), []);
    assert.deepEqual(await line.events("1m", [found("it's", 0.9)]), ['firing {alertname="Odd", target="web-1"} 1']);
  });
});
