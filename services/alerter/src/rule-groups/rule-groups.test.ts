import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError, invalid } from "@sightline/errors/app-error";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { testClock } from "@sightline/testkit/test-clock";
import { z } from "zod";
import { findLateGroups, findOutages } from "./find-troubles.ts";
import { keepPlatformAlerts } from "./platform-alerts.ts";
import { createRuleWorld } from "./testing/rule-world.ts";

const busy = [
  { labels: { instance: "a" }, value: 93 },
  { labels: { instance: "b" }, value: 95 },
];
const away = new AppError("unavailable", "storage is away");

const file = (rules: string, more = "") => `groups:\n- name: cpu\n  interval: 60s\n${more}  rules:\n${rules}`;
const highCpu = file(
  "  - { alert: HighCpu, expr: cpu > 90, for: 2m, labels: { severity: page }, annotations: { summary: 'at {{ $value }}' } }\n",
);

describe("groups of rule files", () => {
  let server: TestServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  test("an alert waits, fires, and is over; each step is kept, told and explained", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(highCpu);
    const replica = await world.replica();
    world.queries.answer("cpu > 90", busy);
    await replica.at(60);
    assert.deepEqual(await world.alerts(), ["pending HighCpu a", "pending HighCpu b"]);
    assert.deepEqual(await world.told(), []);
    await replica.at(120);
    await replica.at(180);
    assert.deepEqual(await world.alerts(), ["firing HighCpu a", "firing HighCpu b"]);
    assert.deepEqual(await world.told(), ["alerts HighCpu a", "alerts HighCpu b"]);
    assert.equal(replica.moved(), 2);
    world.queries.answer("cpu > 90", busy.slice(1));
    await replica.at(240);
    assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
    assert.deepEqual(await world.told(), ["ended HighCpu a"]);
    assert.deepEqual(await world.history(), [
      ">pending condition_began",
      ">pending condition_began",
      "pending>firing held_long_enough",
      "pending>firing held_long_enough",
      "firing>resolved condition_ended",
    ]);
    assert.equal((await world.decisions()).at(-1), "rule: its condition does not hold any more");
    const texts = z.object({
      severity: z.number(),
      summary: z.string(),
      rule_file: z.string(),
      rule_group: z.string(),
    });
    const [kept] = await sql.query(
      "SELECT * FROM alerts WHERE tenant = $1 AND state = 'firing'",
      [world.tenant],
      texts,
    );
    assert.deepEqual(kept, { severity: 5, summary: "at 95", rule_file: "test.yml", rule_group: "cpu" });
  });

  test("what waits goes on waiting at another replica, and the one before writes nothing any more", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(highCpu);
    const first = await world.replica();
    world.queries.answer("cpu > 90", busy.slice(1));
    await first.at(60);
    const second = await world.replica();
    await second.at(120);
    world.queries.answer("cpu > 90", []);
    // It stood still, and does not know that somebody else has gone on.
    await first.at(121);
    await first.at(180);
    assert.deepEqual(await world.alerts(), ["pending HighCpu b"]);
    world.queries.answer("cpu > 90", busy.slice(1));
    await second.at(180);
    assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
    assert.deepEqual(await world.told(), ["alerts HighCpu b"]);
  });

  test("a slot is evaluated once, and those that nobody evaluated are counted", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(highCpu);
    const first = await world.replica();
    for (const second of [60, 61, 90, 119, 180]) await first.at(second);
    assert.equal(new Set(world.queries.asked).size, world.queries.asked.length);
    await first.writeTimes();
    const second = await world.replica();
    const asked = world.queries.asked.length;
    await second.at(181);
    assert.equal(world.queries.asked.length, asked);
    await second.at(480);
    const { values } = await second.metrics.ruleGroupIterationsMissed.get();
    assert.deepEqual(
      values.map(({ value }) => value),
      [4],
    );
  });

  test("an outage of storage is one alert, and holds all others", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(`${highCpu}- name: memory\n  rules:\n  - { alert: HighMemory, expr: memory > 90 }\n`);
    const replica = await world.replica();
    const platform = async () => {
      const troubles = (await findOutages(sql)).filter(({ tenant }) => tenant === world.tenant);
      await keepPlatformAlerts(troubles, { sql, clock: world.clock, newId: world.newId });
    };
    world.queries.answer("memory > 90", busy.slice(0, 1));
    await replica.at(60);
    await platform();
    assert.deepEqual(await world.alerts(), ["firing HighMemory a"]);
    world.queries.fail(away);
    for (const second of [120, 180, 240]) {
      await replica.at(second);
      await platform();
    }
    const both = ["firing HighMemory a", "firing SightlineRulesHaveNoSource"];
    assert.deepEqual(await world.alerts(), both);
    world.queries.fail(undefined);
    await replica.at(300);
    await platform();
    assert.deepEqual(await world.alerts(), ["firing HighMemory a"]);
    assert.deepEqual(await world.told(), [
      "alerts HighMemory a",
      "alerts SightlineRulesHaveNoSource",
      "ended SightlineRulesHaveNoSource",
    ]);
  });

  test("what is not known is an alert of its own", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(file("  - { alert: Up, expr: up == 0, sightline: { nodata: alert, eval_error: alert } }\n"));
    const replica = await world.replica();
    await replica.at(60);
    world.queries.answer("up == 0", invalid("too many series"));
    await replica.at(120);
    const reasons = z.object({ reason: z.string() }).transform(({ reason }) => reason);
    const text =
      "SELECT labels ->> 'alert_reason' AS reason FROM alerts WHERE tenant = $1 AND state = 'firing' ORDER BY 1";
    assert.deepEqual(await sql.query(text, [world.tenant], reasons), ["eval_error", "nodata"]);
  });

  test("a file that changes keeps the alerts of the rules that stay; a file that goes ends them", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    const rule = (name: string) => `  - { alert: ${name}, expr: cpu > 90 }\n`;
    await world.put(file(rule("Stays") + rule("Goes")));
    world.queries.answer("cpu > 90", busy.slice(0, 1));
    const replica = await world.replica();
    await replica.at(60);
    assert.deepEqual(await world.alerts(), ["firing Goes a", "firing Stays a"]);
    await world.told();
    await world.put(file(rule("New") + rule("Stays")));
    await replica.at(61);
    assert.deepEqual(await world.alerts(), ["firing New a", "firing Stays a"]);
    assert.deepEqual((await world.told()).sort(), ["alerts New a", "ended Goes a"]);
    assert.equal((await world.history()).at(-2), "firing>resolved rule_removed");
    await world.put(undefined);
    await replica.at(62);
    await replica.sweep();
    assert.deepEqual(await world.alerts(), []);
    assert.equal(await sql.execute("SELECT FROM rule_group_states WHERE tenant = $1", [world.tenant]), 0);
    // Nobody ends what somebody else has just begun.
    const behind = await world.replica();
    await world.put(file(rule("Again")));
    await (await world.replica()).at(120);
    await behind.sweep();
    assert.deepEqual(await world.alerts(), ["firing Again a"]);
  });

  test("what people have said of an alert stays", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90 }\n"));
    world.queries.answer("cpu > 90", busy);
    const replica = await world.replica();
    await replica.at(60);
    const set = "UPDATE alerts SET state = $2 WHERE tenant = $1 AND labels ->> 'instance' = $3";
    await sql.execute(set, [world.tenant, "acknowledged", "a"]);
    await sql.execute(set, [world.tenant, "resolved", "b"]);
    await replica.at(120);
    await replica.writeTimes();
    assert.deepEqual(await world.alerts(), ["acknowledged HighCpu a"]);
    world.queries.answer("cpu > 90", []);
    await replica.at(180);
    assert.deepEqual(await world.alerts(), []);
    world.queries.answer("cpu > 90", busy);
    await replica.at(240);
    assert.deepEqual(await world.alerts(), ["firing HighCpu a", "firing HighCpu b"]);
  });

  test("what events begin that say when it is over lasts until one does, whoever evaluates it", async () => {
    await using world = await createRuleWorld(server.url);
    const events =
      "events: { condition: \"event_type == 'boom'\", resolve_when: \"event_type == 'fine'\", group_by: [target] }";
    await world.put(file(`  - { alert: Booms, sightline: { ${events} } }\n`));
    const replica = await world.replica();
    await replica.at(60);
    await replica.events([{ eventType: "boom", target: "web-1" }], 1);
    await replica.at(120);
    await replica.writeTimes();
    const next = await world.replica();
    await next.at(4000);
    assert.deepEqual(await world.alerts(), ["firing Booms"]);
    await next.events([{ eventType: "fine", target: "web-1" }], 2);
    assert.equal((await world.history()).at(-1), "firing>resolved condition_ended");
  });

  test("events make alerts at once, each counts once, and their passing ends them", async () => {
    await using world = await createRuleWorld(server.url);
    const events =
      "events: { condition: \"event_type == 'boom'\", threshold_count: 2, threshold_time_window: 5m, group_by: [target] }";
    await world.put(file(`  - { alert: Booms, sightline: { ${events} } }\n`));
    const replica = await world.replica();
    await replica.at(60);
    const boom = { eventType: "boom", target: "web-1" };
    assert.equal(await replica.events([boom, { eventType: "quiet" }], 1), 1);
    assert.equal(await replica.events([boom], 1), 0);
    assert.equal(await replica.events([{ eventType: "quiet" }], 2), 0);
    assert.deepEqual(await world.alerts(), []);
    // Another one goes on with what this one has seen.
    const next = await world.replica();
    await next.events([boom], 3);
    assert.deepEqual(await world.alerts(), ["firing Booms"]);
    await next.at(120);
    assert.deepEqual(await world.alerts(), ["firing Booms"]);
    await next.at(420);
    assert.deepEqual(await world.alerts(), []);
    assert.deepEqual(await world.told(), ["alerts Booms", "ended Booms"]);
    await assert.rejects(replica.events([boom], 4), /another replica/);
  });

  for (const [name, seconds] of [
    ["back", -3600],
    ["on", 3600],
  ] as const) {
    test(`a clock that is set an hour ${name} changes nothing about what waits`, async () => {
      await using world = await createRuleWorld(server.url);
      await world.put(highCpu);
      world.queries.answer("cpu > 90", busy.slice(1));
      const replica = await world.replica();
      await replica.at(60);
      replica.set(seconds);
      await replica.at(120);
      assert.deepEqual(await world.alerts(), ["pending HighCpu b"]);
      await replica.at(180);
      assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
    });
  }

  test("what fires goes on doing so when nobody has evaluated it for hours, and tenants that are gone leave nothing", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant } = world;
    await world.put(highCpu);
    world.queries.answer("cpu > 90", busy);
    const first = await world.replica();
    for (const second of [60, 120, 180]) await first.at(second);
    await world.told();
    world.queries.answer("cpu > 90", busy.slice(1));
    const second = await world.replica();
    await second.at(6 * 3600);
    assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
    assert.deepEqual(await world.told(), ["ended HighCpu a"]);
    for (const table of ["rule_files", "rule_versions"]) await sql.execute(`DELETE FROM ${table}`, []);
    await second.sweep();
    assert.equal(await sql.execute("SELECT FROM rule_group_states WHERE tenant = $1", [tenant]), 0);
  });

  test("labels that Postgres cannot keep, and a group beside one that cannot be written", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(file("  - { alert: Odd, expr: odd }\n"), "odd.yml");
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90 }\n"));
    world.queries.answer("odd", [{ labels: { instance: "a\u0000" }, value: Number.POSITIVE_INFINITY }]);
    world.queries.answer("cpu > 90", busy.slice(0, 1));
    const replica = await world.replica();
    await replica.at(60);
    assert.deepEqual(await world.alerts(), ["firing HighCpu a", "firing Odd a\ufffd"]);
    // As a constraint of a newer version might.
    await sql.execute("ALTER TABLE alerts ADD CHECK (rule_name <> 'Odd' OR state <> 'resolved')", []);
    for (const expression of ["odd", "cpu > 90"]) world.queries.answer(expression, []);
    await replica.at(120);
    assert.deepEqual(await world.alerts(), ["firing Odd a\ufffd"]);
    const { values } = await replica.metrics.ruleGroupFailures.get();
    assert.deepEqual(
      values.map(({ value }) => value),
      [1],
    );
  });

  test("a composite sees the alerts of other groups", async () => {
    await using world = await createRuleWorld(server.url);
    const both =
      "  - { alert: Both, sightline: { composite: { condition: HighCpu and not Quiet, by: [instance] } } }\n";
    await world.put(file(both), "both.yml");
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90 }\n"));
    world.queries.answer("cpu > 90", busy.slice(0, 1));
    const replica = await world.replica();
    await replica.at(60);
    await replica.at(120);
    assert.deepEqual(await world.alerts(), ["firing Both a", "firing HighCpu a"]);
  });

  test("channels that a rule names are told beside the routes, and a rule that comes to too much fails", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    const put = "INSERT INTO alert_channels (tenant, name, definition, updated_at) VALUES ($1, 'ops', '', now())";
    await sql.execute(put, [world.tenant]);
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90, sightline: { channels: [ops, nobody] } }\n"));
    world.queries.answer("cpu > 90", busy.slice(0, 1));
    const replica = await world.replica();
    await replica.at(60);
    const many = Array.from({ length: 101 }, (_, at) => ({ labels: { instance: String(at) }, value: 91 }));
    world.queries.answer("cpu > 90", many);
    await replica.at(120);
    const row = z.object({ told: z.string() }).transform(({ told }) => told);
    const text =
      "SELECT channel || ' ' || status AS told FROM alert_notifications WHERE tenant = $1 ORDER BY notification_id";
    assert.deepEqual(await sql.query(text, [world.tenant], row), ["ops firing", "ops resolved"]);
    assert.equal((await world.history()).at(-1), "firing>resolved limit_exceeded");
  });

  test("a group that nobody evaluates is told of, and that it is evaluated again", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(highCpu);
    const replica = await world.replica();
    await replica.at(60);
    await replica.writeTimes();
    const look = async (second: number, watchedSince = 0) => {
      const [nowMs, watchedSinceMs] = [world.startMs + second * 1000, world.startMs + watchedSince * 1000];
      const troubles = await findLateGroups(sql, { catalog: replica.catalog, nowMs, watchedSinceMs });
      await keepPlatformAlerts(troubles, { sql, clock: () => nowMs, newId: world.newId });
      return world.alerts();
    };
    assert.deepEqual(await look(150), []);
    assert.deepEqual(await look(300, 290), [], "nobody may have been there before");
    assert.deepEqual(await look(300), ["firing SightlineRulesNotEvaluated"]);
    assert.deepEqual(await look(310, 310), ["firing SightlineRulesNotEvaluated"], "who takes over cannot know better");
    assert.deepEqual(await world.told(), ["alerts SightlineRulesNotEvaluated"]);
    await replica.at(300);
    await replica.writeTimes();
    assert.deepEqual(await look(310, 310), []);
  });

  test("a state that was written by a clock that is ahead keeps nobody waiting", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(highCpu);
    world.queries.answer("cpu > 90", busy.slice(1));
    const ahead = await world.replica(testClock());
    ahead.set(7200);
    await ahead.at(60);
    const replica = await world.replica();
    await replica.at(60);
    await replica.at(120);
    await replica.at(240);
    assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
  });
});
