import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { uuid7 } from "@sightline/model/uuid7";
import type { SampleSink, WrittenSample } from "@sightline/rules/evaluate/written-samples";
import { createMetrics } from "@sightline/service/metrics";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { z } from "zod";
import { resolveAlert } from "../actions/rule-alert-moves.ts";
import { alertRow } from "../alerts/alert.ts";
import { config as schema } from "../config.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { insertRuleFile } from "../rule-files/rule-file-store.ts";
import { createWorld, type World } from "../testing/world.ts";
import { createRecentSamples } from "./recent-samples.ts";
import { createSampleOutbox } from "./sample-outbox.ts";
import { createSampleSinks } from "./sample-sink.ts";
import { startRuleGroups } from "./start-rule-groups.ts";
import { createFakeQueries } from "./testing/fake-queries.ts";

const config = schema.parse({
  internalToken: "a-token-between-services",
  leaseRetryMs: 100,
  rulesRefreshMs: 100,
  ruleTimesIntervalMs: 200,
  ruleWatchIntervalMs: 100,
  settleMs: 0,
});

/** A replica that only evaluates rule files, and records to `sink` where it is given. */
function startReplica({ sql, bus }: World, sink?: SampleSink) {
  const stopping = new AbortController();
  const queries = createFakeQueries();
  const samples: WrittenSample[] = [];
  const metrics = createAlerterMetrics(createMetrics({ name: "test", version: "0" }));
  const started = startRuleGroups({
    ...{ config, sql, bus, queries, clock: Date.now, newId: () => uuid7(Date.now()), log: quietLog, metrics },
    sinkOf: () => sink ?? { append: async (written) => void samples.push(...written) },
    onMoved: () => undefined,
    signal: stopping.signal,
  });
  const stop = async () => {
    stopping.abort();
    await started.ended;
  };
  const groups = async () => (await metrics.ruleGroups.get()).values[0]?.value ?? 0;
  return { queries, samples, groups, stop, [Symbol.asyncDispose]: stop };
}

const stateRow = z.object({ state: z.string() }).transform(({ state }) => state);

describe("evaluating rule files", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const createRules = async () => {
    const world = await createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });
    const put = async (source: string) => {
      const about = { name: "test.yml", groups: 1, rules: 1, author: "test", nowMs: Date.now(), deleted: false };
      const keep = { versions: 10, deletedFiles: 10 };
      await world.sql.transaction((tx) => insertRuleFile(tx, world.tenant, { change: { ...about, source }, keep }));
    };
    const states = () =>
      world.sql.query("SELECT state FROM alerts WHERE tenant = $1 ORDER BY alert_id", [world.tenant], stateRow);
    return { world, put, states };
  };

  test("two replicas divide the groups, evaluate each slot once, and one goes on when the other has gone", async () => {
    const { world, put } = await createRules();
    await using _world = world;
    await using first = startReplica(world);
    await using second = startReplica(world);
    const names = Array.from({ length: 30 }, (_, at) => `g${at}`);
    const group = (name: string) => `- { name: ${name}, interval: 1s, rules: [{ alert: A, expr: ${name} }] }\n`;
    await put(`groups:\n${names.map(group).join("")}`);
    await eventually(async () => {
      const [a, b] = [await first.groups(), await second.groups()];
      assert.equal(a + b, names.length);
      assert.ok(a > 5 && b > 5, `${a} and ${b} groups`);
    });
    for (const { queries } of [first, second]) queries.asked.length = 0;
    await eventually(() => first.queries.asked.length + second.queries.asked.length > 3 * names.length);
    const asked = [...first.queries.asked, ...second.queries.asked];
    assert.equal(new Set(asked).size, asked.length, "no slot was evaluated twice");
    await first.stop();
    second.queries.asked.length = 0;
    await eventually(() => {
      const expressions = new Set(second.queries.asked.map((one) => one.slice(0, one.indexOf("@"))));
      assert.deepEqual([...expressions].sort(), [...names].sort());
    });
    const last = new Set(first.queries.asked);
    assert.deepEqual(
      second.queries.asked.filter((one) => last.has(one)),
      [],
      "what was evaluated before it was handed over is not evaluated again",
    );
  });

  test("events of the bus, samples that are recorded, and a file that was put just now", async () => {
    const { world, put, states } = await createRules();
    await using _world = world;
    await using replica = startReplica(world);
    const event =
      "sightline: { events: { condition: \"event_type == 'boom'\", threshold_count: 2, threshold_time_window: 1h } }";
    const recording = "- { name: r, interval: 1s, rules: [{ record: cpu:max, expr: cpu }] }";
    replica.queries.answer("cpu", [{ labels: { instance: "a" }, value: 7 }]);
    await put(`groups:\n- { name: e, interval: 1s, rules: [{ alert: Boom, ${event} }] }\n${recording}\n`);
    await eventually(async () => (await replica.groups()) === 2);
    await eventually(() => replica.samples.length > 0);
    assert.deepEqual(replica.samples.map(({ labels, value }) => ({ labels, value }))[0], {
      labels: { __name__: "cpu:max", instance: "a" },
      value: 7,
    });
    await world.send({ eventType: "boom" }, { eventType: "boom" });
    await eventually(async () => assert.deepEqual(await states(), ["firing"]));
  });

  test("what somebody resolves comes back with the next evaluation that still finds it", async () => {
    const { world, put, states } = await createRules();
    await using _world = world;
    await using replica = startReplica(world);
    replica.queries.answer("x > 1", [{ labels: {}, value: 7 }]);
    await put("groups: [{ name: g, interval: 1s, rules: [{ alert: A, expr: x > 1 }] }]");
    await eventually(async () => assert.deepEqual(await states(), ["firing"]));
    const [alert] = await world.sql.query("SELECT * FROM alerts WHERE tenant = $1", [world.tenant], alertRow);
    assert.ok(alert);
    await world.sql.transaction((tx) => resolveAlert(tx, alert, { by: "ann", note: "", atMs: Date.now() }));
    await eventually(async () => assert.deepEqual(await states(), ["resolved", "firing"]));
  });

  test("alerts wait for no bus that hangs: what is recorded is behind them", async () => {
    const { world, put, states } = await createRules();
    await using _world = world;
    let offered = 0;
    const publish = () => {
      offered += 1;
      return new Promise<never>(() => undefined);
    };
    const outbox = createSampleOutbox({
      publisher: { publish, maxMessageBytes: () => 1_000_000 },
      ...{ steadyMs: () => performance.now(), maxBytes: 1_000_000, maxTenantBytes: 1_000_000, maxAgeMs: 60_000 },
      onDropped: () => undefined,
    });
    const recent = createRecentSamples({ clock: Date.now });
    const sinks = createSampleSinks({ outbox, recent, clock: Date.now });
    await using replica = startReplica(world, sinks(world.tenant));
    replica.queries.answer("cpu", [{ labels: { instance: "a" }, value: 7 }]);
    const rules = "{ record: cpu:max, expr: cpu }, { alert: Busy, expr: cpu }";
    await put(`groups: [{ name: r, interval: 1s, rules: [${rules}] }]`);
    await eventually(async () => assert.deepEqual(await states(), ["firing"]));
    assert.equal(offered, 1, "a tenant's samples go one after the other");
    assert.deepEqual(
      recent.usedBy(world.tenant, "cpu:max").map(({ value }) => value)[0],
      7,
      "rules behind it see it all the same",
    );
  });

  test("events that came while nobody was there are taken in by who comes next, once", async () => {
    const { world, put, states } = await createRules();
    await using _world = world;
    const event = "events: { condition: \"event_type == 'late'\", threshold_count: 3, threshold_time_window: 1h }";
    await put(`groups:\n- { name: e, interval: 1s, rules: [{ alert: Late, sightline: { ${event} } }] }\n`);
    {
      await using before = startReplica(world);
      await eventually(async () => (await before.groups()) === 1);
      await world.send({ eventType: "late" });
      const seen = "SELECT FROM rule_group_states WHERE state #> '{rules,0,windows,0}' IS NOT NULL";
      await eventually(async () => (await world.sql.execute(seen, [])) === 1);
    }
    await world.send({ eventType: "late" });
    await using after = startReplica(world);
    await eventually(async () => (await after.groups()) === 1);
    const claims = "SELECT FROM alert_messages WHERE message LIKE 'rules %'";
    await eventually(async () => (await world.sql.execute(claims, [])) === 2);
    assert.deepEqual(await states(), []);
    await world.send({ eventType: "late" });
    await eventually(async () => assert.deepEqual(await states(), ["firing"]));
  });
});
