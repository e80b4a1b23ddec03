// Alerts of rule files that somebody has resolved, with a real Postgres: they come back with the next evaluation that finds them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { resolveAlert } from "../actions/rule-alert-moves.ts";
import { alertRow } from "../alerts/alert.ts";
import { createRuleWorld } from "./testing/rule-world.ts";

type RuleWorld = Awaited<ReturnType<typeof createRuleWorld>>;

const busy = [
  { labels: { instance: "a" }, value: 93 },
  { labels: { instance: "b" }, value: 95 },
];
const file = (rule: string) => `groups:\n- { name: cpu, interval: 60s, rules: [${rule}] }`;

/** Somebody resolves what fires on an instance. */
async function resolve({ sql, tenant, clock }: RuleWorld, instance: string): Promise<void> {
  const text = "SELECT * FROM alerts WHERE tenant = $1 AND state <> 'resolved' AND labels ->> 'instance' = $2";
  const alerts = await sql.query(text, [tenant, instance], alertRow);
  assert.ok(alerts.length > 0);
  const doing = { by: "ann", note: "", atMs: clock() };
  await sql.transaction(async (tx) => {
    for (const alert of alerts) await resolveAlert(tx, alert, doing);
  });
}

describe("alerts of rule files that somebody has resolved", () => {
  let server: TestServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  const unknown = ({ sql, tenant }: RuleWorld) =>
    sql.query(
      "SELECT alert_id FROM resolved_rule_alerts WHERE tenant = $1",
      [tenant],
      z.object({ alert_id: z.string() }),
    );

  test("begin anew with the next evaluation that still finds them, and others go on", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(file("{ alert: HighCpu, expr: cpu > 90, for: 1m }"));
    world.queries.answer("cpu > 90", busy);
    const replica = await world.replica();
    await replica.at(60);
    await replica.at(120);
    assert.deepEqual(await world.alerts(), ["firing HighCpu a", "firing HighCpu b"]);
    await resolve(world, "a");
    assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
    await replica.followEndedByHand();
    assert.deepEqual(await unknown(world), []);
    await replica.at(180);
    assert.deepEqual(await world.alerts(), ["firing HighCpu b", "pending HighCpu a"]);
    await world.told();
    await replica.at(240);
    assert.deepEqual(await world.alerts(), ["firing HighCpu a", "firing HighCpu b"]);
    assert.deepEqual(await world.told(), ["alerts HighCpu a"]);
    assert.deepEqual((await world.history()).slice(-3), [
      "firing>resolved by_hand",
      ">pending condition_began",
      "pending>firing held_long_enough",
    ]);
  });

  test("stay over when nothing is found any more, and nothing more is told of them", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(file("{ alert: HighCpu, expr: cpu > 90, keep_firing_for: 1h }"));
    world.queries.answer("cpu > 90", busy);
    const replica = await world.replica();
    await replica.at(60);
    await resolve(world, "a");
    await world.told();
    await replica.followEndedByHand();
    world.queries.answer("cpu > 90", busy.slice(1));
    await replica.at(120);
    assert.deepEqual([await world.alerts(), await world.told()], [["firing HighCpu b"], []]);
  });

  test("are known to whoever evaluates their group next", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(file("{ alert: HighCpu, expr: cpu > 90 }"));
    world.queries.answer("cpu > 90", busy);
    const before = await world.replica();
    await before.at(60);
    await resolve(world, "a");
    const next = await world.replica();
    // Its group is not read yet: that waits.
    await next.followEndedByHand();
    // Who was before it writes nothing any more.
    await assert.rejects(before.followEndedByHand(), { code: "cancelled" });
    assert.equal((await unknown(world)).length, 1);
    await next.at(120);
    assert.deepEqual(await world.alerts(), ["firing HighCpu b"]);
    await next.followEndedByHand();
    assert.deepEqual(await unknown(world), []);
    await next.at(180);
    assert.deepEqual(await world.alerts(), ["firing HighCpu a", "firing HighCpu b"]);
  });

  test("of a file that is gone are nobody's", async () => {
    await using world = await createRuleWorld(server.url);
    await world.put(file("{ alert: HighCpu, expr: cpu > 90 }"));
    world.queries.answer("cpu > 90", busy);
    const replica = await world.replica();
    await replica.at(60);
    await resolve(world, "a");
    await world.put(undefined);
    await replica.at(120);
    await replica.sweep();
    await replica.followEndedByHand();
    assert.deepEqual([await unknown(world), await world.alerts()], [[], []]);
  });
});
