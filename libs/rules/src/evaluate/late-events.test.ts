import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EventView } from "@sightline/query/condition/fields";
import { createTimeLine, ms } from "./testing/time-line.ts";

const rules = (late: string) => `
  - alert: Broken
    sightline:
      events: { condition: event_type == 'broken', threshold_count: 2, threshold_time_window: 5m }
      ${late}`;

function broken(at: string) {
  const view: EventView = {
    event_id: "",
    event_type: "broken",
    severity: "warning",
    source: "edge",
    target: null,
    category: null,
    title: "",
    description: null,
    health_score: null,
    details: {},
    labels: {},
    metadata: null,
    resource_usage: null,
  };
  return { atMs: ms(at), view };
}

describe("events that come late", () => {
  test("count for when they happened, as long as the rule says, though they come one by one", async () => {
    const line = createTimeLine({ rules: rules("late: 6h") });
    await line.events("5h", [broken("5h")]);
    await line.events("5h", [broken("1h")]);
    for (const time of ["5h1m", "5h30m", "6h"]) await line.at(time);
    line.decisions();
    assert.deepEqual(await line.events("6h", [broken("1h3m")]), ['inactive {alertname="Broken"} 2']);
    assert.deepEqual(line.decisions(), [
      "Broken: inactive -> firing at 3780s, fired_late, found out 17820s later",
      "Broken: firing -> inactive at 4080s, condition_ended, found out 17520s later",
    ]);
  });

  test("later than that count for nothing, which is said once a minute, at the time when they happened", async () => {
    const line = createTimeLine({ rules: rules("late: 1h") });
    assert.deepEqual(await line.events("3h", [broken("1h"), broken("1h1m")]), []);
    assert.deepEqual(await line.events("3h", [broken("1h2m")]), []);
    assert.deepEqual(line.decisions(), [
      "events_too_late Broken: 2 events, the first of 1970-01-01T01:00:00.000Z, came at 1970-01-01T03:00:00.000Z, with late: 1h",
    ]);
    await line.events("3h1m", [broken("1h3m")]);
    assert.deepEqual(line.decisions(), [
      "events_too_late Broken: 1 event, the first of 1970-01-01T01:03:00.000Z, came at 1970-01-01T03:01:00.000Z, with late: 1h",
    ]);
  });

  test("are late by what it took them to us, not by how long they waited for their rules", async () => {
    const line = createTimeLine({ rules: rules("late: 1h") });
    const received = (at: string, seen: string) => ({ ...broken(at), seenAtMs: ms(seen) });
    await line.events("9h", [received("1h", "1h5m"), received("1h1m", "1h5m"), received("2h", "3h1m")]);
    assert.deepEqual(line.decisions(), [
      "events_too_late Broken: 1 event, the first of 1970-01-01T02:00:00.000Z, came at 1970-01-01T03:01:00.000Z, with late: 1h",
      "Broken: inactive -> firing at 3660s, fired_late, found out 28740s later",
      "Broken: firing -> inactive at 3960s, condition_ended, found out 28440s later",
    ]);
  });

  test("are told apart from those that say no more than newer ones", async () => {
    const line = createTimeLine({ rules: rules("") });
    for (const time of ["3h", "3h1s", "3h2s", "3h3s"]) await line.events("3h1m", [broken(time)]);
    line.decisions();
    await line.events("3h1m", [broken("2h59m")]);
    assert.deepEqual(line.decisions(), [], "it lies in the time of those that are newer");
    await line.events("3h1m", [broken("2h52m")]);
    assert.match(line.decisions().join(), /^events_too_late Broken: 1 event, the first of 1970-01-01T02:52/);
  });

  test("flap nothing: what fires goes on firing", async () => {
    const line = createTimeLine({ rules: rules("late: 1h") });
    await line.events("3h", [broken("2h58m"), broken("3h")]);
    assert.deepEqual(await line.events("3h1m", [broken("2h30m"), broken("2h31m")]), ['firing {alertname="Broken"} 2']);
    assert.deepEqual(line.decisions(), ["Broken: inactive -> firing at 10800s, nothing_to_wait_for"]);
  });
});
