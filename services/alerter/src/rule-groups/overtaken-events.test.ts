import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { nanosOfMs } from "@sightline/model/time";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { createRuleWorld } from "./testing/rule-world.ts";

const events =
  "events: { condition: \"event_type == 'boom'\", resolve_when: \"event_type == 'fine'\", group_by: [target] }";
const rules = `groups:\n- name: events\n  interval: 60s\n  rules:\n  - { alert: Booms, sightline: { ${events} } }\n`;

describe("events that are over when they come", () => {
  let server: TestServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  test("an end that comes in a message before that of its beginning ends it", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(rules);
    const replica = await world.replica();
    await replica.at(60);
    const boom = { eventType: "boom", target: "web-1", timeUnixNano: nanosOfMs(world.clock() - 1000) };
    assert.equal(await replica.events([{ eventType: "fine", target: "web-1" }], 1), 0, "it costs no write");
    assert.equal(await replica.events([boom], 2), 0);
    assert.deepEqual([await world.alerts(), replica.dropped], [[], ["overtaken"]]);
    await replica.events([{ ...boom, target: "web-2" }], 3);
    assert.deepEqual(await world.alerts(), ["firing Booms"]);
  });

  test("an end in a message that could not be written ends nothing before it is", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(rules);
    const replica = await world.replica();
    await replica.at(60);
    const end = [
      { eventType: "fine", target: "web-1" },
      { eventType: "boom", target: "web-2" },
    ];
    await sql.execute("ALTER TABLE alert_messages ADD CONSTRAINT broken CHECK (false) NOT VALID", []);
    await assert.rejects(replica.events(end, 1));
    await sql.execute("ALTER TABLE alert_messages DROP CONSTRAINT broken", []);
    const boom = { eventType: "boom", target: "web-1", timeUnixNano: nanosOfMs(world.clock() - 1000) };
    assert.equal(await replica.events([boom], 2), 1);
    assert.equal(await replica.events(end, 1), 1);
    assert.equal(await replica.events([boom], 3), 0);
    assert.deepEqual((await world.told()).sort(), ["alerts Booms", "alerts Booms", "ended Booms"]);
  });
});
