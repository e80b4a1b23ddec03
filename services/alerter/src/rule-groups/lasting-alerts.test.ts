import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { invalid } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import { planGroup } from "@sightline/rules/evaluate/plan";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { findLateGroups } from "./find-troubles.ts";
import { firingFor } from "./firing-alerts.ts";
import { resendAlerts } from "./resend-alerts.ts";
import { createRuleWorld } from "./testing/rule-world.ts";

const busy = [
  { labels: { instance: "a" }, value: 93 },
  { labels: { instance: "b" }, value: 95 },
];

const file = (rules: string, more = "") => `groups:\n- name: cpu\n  interval: 60s\n${more}  rules:\n${rules}`;
const highCpu = file(
  "  - { alert: HighCpu, expr: cpu > 90, for: 2m, labels: { severity: page }, annotations: { summary: 'at {{ $value }}' } }\n",
);

describe("alerts of rule files in the long run", () => {
  let server: TestServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  test("what is evaluated while its file is swept is swept too", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant } = world;
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90 }\n"));
    const replica = await world.replica();
    const states: string[] = [];
    const text = "SELECT state::text AS state FROM rule_group_states WHERE tenant = $1";
    const stateRow = z.object({ state: z.string() }).transform(({ state }) => state);
    for (const [second, found] of [
      [60, busy.slice(0, 1)],
      [120, busy],
    ] as const) {
      world.queries.answer("cpu > 90", found);
      await replica.at(second);
      states.push(...(await sql.query(text, [tenant], stateRow)));
    }
    const set = "UPDATE rule_group_states SET state = $2 WHERE tenant = $1";
    await sql.execute(set, [tenant, states[0]]);
    await world.put(undefined);
    await replica.sweep(async () => void (await sql.execute(set, [tenant, states[1]])));
    assert.deepEqual(await world.alerts(), []);
  });

  test("whom a changed rule names is told of what fires already", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant, clock } = world;
    const rule = (recipients: string) =>
      file(`  - { alert: HighCpu, expr: cpu > 90, sightline: { recipients: [${recipients}] } }\n`);
    await world.put(rule("ops@example.com"));
    const replica = await world.replica();
    world.queries.answer("cpu > 90", busy.slice(0, 1));
    await replica.at(60);
    const named = async () => {
      await resendAlerts(sql, { nowMs: clock() + 240_000, maxAlerts: 100 });
      const text =
        "WITH gone AS (DELETE FROM alert_inbox WHERE tenant = $1 RETURNING entry) SELECT entry -> 'alerts' -> 0 -> 'recipients' AS names FROM gone";
      return sql.query(
        text,
        [tenant],
        z.object({ names: z.array(z.string()) }).transform(({ names }) => names),
      );
    };
    assert.deepEqual((await named())[0], ["ops@example.com"]);
    for (const [recipients, names] of [
      ["ann, 'schedule:night'", ["ann", "schedule:night"]],
      ["", []],
    ] as const) {
      await world.put(rule(recipients));
      await replica.at(61);
      await replica.writeTimes();
      assert.deepEqual(await named(), [names]);
    }
  });

  test("an event that comes too late is a decision of the time when it happened", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant, clock, startMs } = world;
    const events = "events: { condition: \"event_type == 'boom'\" }, late: 10m";
    await world.put(file(`  - { alert: Booms, sightline: { ${events} } }\n`));
    const replica = await world.replica();
    await replica.at(1200);
    const happened = (second: number) => ({ eventType: "boom", timeUnixNano: nanosOfMs(startMs + second * 1000) });
    await replica.events([happened(0), happened(30)]);
    const text =
      "SELECT detail, decided_at FROM alert_decisions WHERE tenant = $1 AND reason = 'events came too late to count for its rule'";
    const row = z.object({ detail: z.string(), decided_at: z.date() });
    const [said, ...others] = await sql.query(text, [tenant], row);
    assert.deepEqual([said?.decided_at.getTime(), others], [startMs, []]);
    assert.match(said?.detail ?? "", /^rule Booms: 2 events, the first of .*, with late: 10m$/);
    assert.deepEqual(await world.alerts(), []);
    await replica.events([{ eventType: "boom", timeUnixNano: nanosOfMs(clock() - 300_000) }]);
    assert.deepEqual(await world.told(), ["late alerts Booms"], "one that comes in time is told, though it is over");
  });

  test("alerts that no state has are ended, as far as their rules are sure", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant } = world;
    const rule = (name: string, expr: string) => `  - { alert: ${name}, expr: ${expr} }\n`;
    await world.put(file(rule("HighCpu", "cpu > 90") + rule("Fails", "fails")));
    await world.put(file(rule("Gone", "cpu > 90")), "gone.yml");
    for (const text of ["cpu > 90", "fails"]) world.queries.answer(text, busy);
    await (await world.replica()).at(60);
    await world.told();
    // As a newer version may have written it.
    await sql.execute("UPDATE rule_group_states SET state = '{}' WHERE tenant = $1 AND file = 'test.yml'", [tenant]);
    await sql.execute("DELETE FROM rule_group_states WHERE tenant = $1 AND file = 'gone.yml'", [tenant]);
    await world.put(undefined, "gone.yml");
    world.queries.answer("cpu > 90", busy.slice(1));
    world.queries.answer("fails", invalid("too many series"));
    const replica = await world.replica();
    await replica.endStrays();
    const unsure = ["firing Fails a", "firing Fails b", "firing HighCpu a", "firing HighCpu b"];
    assert.deepEqual(await world.alerts(), unsure, "nothing was evaluated yet");
    await replica.at(120);
    await replica.endStrays();
    assert.deepEqual(await world.alerts(), ["firing Fails a", "firing Fails b", "firing HighCpu b"]);
    assert.deepEqual((await world.told()).sort(), ["ended Gone a", "ended Gone b", "ended HighCpu a"]);
  });

  test("a file that this version cannot read ends nothing, and is told of", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant } = world;
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90 }\n"));
    world.queries.answer("cpu > 90", busy.slice(0, 1));
    await (await world.replica()).at(60);
    const unknown = file("  - { alert: HighCpu, expr: cpu > 90, sightline: { newer: true } }\n");
    await sql.execute("UPDATE rule_files SET source = $2 WHERE tenant = $1", [tenant, unknown]);
    const replica = await world.replica();
    await replica.at(120);
    await replica.sweep();
    await replica.endStrays();
    assert.deepEqual(await world.alerts(), ["firing HighCpu a"]);
    const nowMs = world.clock();
    const [found] = await findLateGroups(sql, { catalog: replica.catalog, nowMs, watchedSinceMs: nowMs });
    assert.deepEqual(found?.labels, { rule_file: "test.yml" });
    assert.match(found?.description ?? "", /test\.yml.*newer/);
  });

  test("what events that come late show to have fired is told, though it is over", async () => {
    await using world = await createRuleWorld(server.url);
    const events = "events: { condition: \"event_type == 'boom'\", threshold_count: 1, threshold_time_window: 5m }";
    await world.put(file(`  - { alert: Booms, sightline: { ${events} } }\n`));
    const replica = await world.replica();
    await replica.at(3600);
    await replica.events([{ eventType: "boom", timeUnixNano: nanosOfMs(world.startMs + 1800_000) }]);
    assert.deepEqual(await world.history(), [">firing fired_late", "firing>resolved condition_ended"]);
    // Whoever dispatches has it fire until people were told.
    assert.deepEqual(await world.told(), ["late alerts Booms"]);
  });

  test("a clock that is set back is followed though the evaluation behind it fails", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    const composite = "  - { alert: Both, sightline: { composite: { condition: HighCpu, by: [instance] } } }\n";
    await world.put(highCpu + composite);
    world.queries.answer("cpu > 90", busy.slice(1));
    const replica = await world.replica();
    await replica.at(60);
    replica.set(-3600);
    await sql.execute("ALTER TABLE alerts RENAME TO alerts_away", []);
    await replica.at(120);
    await sql.execute("ALTER TABLE alerts_away RENAME TO alerts", []);
    await replica.at(180);
    assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
  });

  test("a composite that would have to look at too many alerts says so", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90 }\n"));
    world.queries.answer("cpu > 90", busy);
    await (await world.replica()).at(60);
    const [group] = parseRuleFile(
      file("  - { alert: Both, sightline: { composite: { condition: HighCpu, by: [instance] } } }\n"),
    ).file.groups;
    assert.ok(group);
    const plan = planGroup(group);
    assert.equal((await firingFor(world.sql, world.tenant, plan, 2))("HighCpu").length, 2);
    const firing = await firingFor(world.sql, world.tenant, plan, 1);
    assert.throws(() => firing("HighCpu"), { code: "resource_exhausted", message: /alerts of HighCpu/ });
  });

  for (const [statement, index, params] of [
    ["list-outages", "rule_group_states_outages", []],
    ["open-platform-alerts", "alerts_open_of_platform", []],
    ["firing-alerts", "alerts_firing_by_name", ["t", ["A"], 10]],
  ] as const) {
    test(`${statement}, which is asked each second, reads ${index} and no whole table`, async () => {
      await using world = await createRuleWorld(server.url);
      const text = await readFile(new URL(`./sql/${statement}.sql`, import.meta.url), "utf8");
      const row = z.object({ "QUERY PLAN": z.string() }).transform((line) => line["QUERY PLAN"]);
      const plan = await world.sql.transaction(async (tx) => {
        // Tables are empty here: it would not be worth it.
        for (const way of ["seqscan", "bitmapscan"]) await tx.execute(`SET LOCAL enable_${way} = off`, []);
        return tx.query(`EXPLAIN ${text}`, params, row);
      });
      assert.match(plan.join("\n"), new RegExp(`using ${index} `));
    });
  }

  test("routes are told again of what they do not know, or would soon take for over", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    await world.put(file("  - { alert: HighCpu, expr: cpu > 90 }\n"));
    world.queries.answer("cpu > 90", busy);
    await (await world.replica()).at(60);
    await world.told();
    const keep = async (endsAtMs: number) =>
      sql.execute(
        "INSERT INTO dispatch_records (tenant, kind, key, record) SELECT tenant, 'alert', fingerprint, jsonb_build_object('endsAtMs', $2::float8) FROM alerts WHERE tenant = $1 AND labels ->> 'instance' = 'a' ON CONFLICT (tenant, kind, key) DO UPDATE SET record = EXCLUDED.record",
        [world.tenant, endsAtMs],
      );
    const resend = (afterMs = 0, maxAlerts = 100) => resendAlerts(sql, { nowMs: world.clock() + afterMs, maxAlerts });
    await keep(world.clock() + 4 * 60_000);
    await resend();
    assert.deepEqual(await world.told(), ["alerts HighCpu b"]);
    await keep(world.clock() + 60_000);
    await resend();
    assert.deepEqual((await world.told()).sort(), ["alerts HighCpu a", "alerts HighCpu b"]);
    // For one that is new there is no room, and it would be turned away each time.
    await resend(0, 1);
    assert.deepEqual(await world.told(), ["alerts HighCpu a"]);
    // Nobody dispatches: there is no need to say more.
    await resend();
    await resend(60_000);
    assert.equal((await world.told()).length, 2);
  });

  test("however many alerts fire, and of however many tenants, each is renewed before it would be over", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant } = world;
    const tenants = [tenant, crypto.randomUUID()];
    const fire =
      "INSERT INTO alerts (tenant, alert_id, rule_id, rule_name, fingerprint, state, severity, labels, annotations, summary, value, fired_at, origin) SELECT $1, gen_random_uuid(), gen_random_uuid(), 'A', lpad(to_hex(at), 16, '0'), 'firing', 3, jsonb_build_object('at', at::text), '{}', '', 1, now(), 'rule_file' FROM generate_series(1, 10500) AS at";
    const keep =
      "INSERT INTO dispatch_records (tenant, kind, key, record) SELECT tenant, 'alert', fingerprint, jsonb_build_object('endsAtMs', $2::float8) FROM alerts WHERE tenant = $1";
    for (const one of tenants) {
      await sql.execute(fire, [one]);
      await sql.execute(keep, [one, world.clock() + 60_000]);
    }
    assert.equal(await resendAlerts(sql, { nowMs: world.clock(), maxAlerts: 10_500 }), 21_000);
    const count = z.object({ alerts: z.number() }).transform(({ alerts }) => alerts);
    const text =
      "SELECT count(DISTINCT alert -> 'labels')::int AS alerts FROM alert_inbox, jsonb_array_elements(entry -> 'alerts') AS alert WHERE tenant = $1";
    for (const one of tenants) assert.deepEqual(await sql.query(text, [one], count), [10_500]);
  });
});
