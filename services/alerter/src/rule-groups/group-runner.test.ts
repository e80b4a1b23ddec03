import assert from "node:assert/strict";
import { test } from "node:test";
import { unavailable } from "@sightline/errors/app-error";
import { planGroup } from "@sightline/rules/evaluate/plan";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { createMetrics } from "@sightline/service/metrics";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testClock } from "@sightline/testkit/test-clock";
import { createAlerterMetrics } from "../metrics.ts";
import { EVENT_SHARD } from "./group-id.ts";
import { createGroupRunner } from "./group-runner.ts";
import { createHeldGroups } from "./held-groups.ts";
import type { CatalogGroup } from "./rule-catalog.ts";
import { createFakeQueries } from "./testing/fake-queries.ts";

function eventGroup(): CatalogGroup {
  const rules = "[{ alert: Boom, sightline: { events: { condition: event_type == 'boom' } } }]";
  const [group] = parseRuleFile(`groups: [{ name: boom, rules: ${rules} }]`).file.groups;
  assert.ok(group);
  const id = { tenant: "default", file: "boom.yml", group: "boom" };
  const plan = planGroup(group);
  return { id, key: "boom", shard: EVENT_SHARD, group, intervalMs: 60_000, version: 1n, sinceMs: 0, plan: () => plan };
}

test("a group that goes while it waits for its turn is not due any more, though its events are not all there", async () => {
  const clock = testClock();
  const known = eventGroup();
  const groups = new Map([[known.key, known]]);
  const catalog = { refresh: async () => false, groups: () => groups, filesOf: () => [], unreadable: () => [] };
  const held = createHeldGroups({ catalog, clock });
  await held.hold(new Map([[EVENT_SHARD, "1"]]));
  const away = async () => Promise.reject(unavailable("postgres is away"));
  let goes = false;
  const readAhead = async () => {
    if (goes) groups.clear();
    held.follow();
    return new Map();
  };
  const runner = createGroupRunner({
    ...{ held, clock, steadyMs: () => clock(), log: quietLog, maxConcurrent: 4, externalUrl: "" },
    metrics: createAlerterMetrics(createMetrics({ name: "test", version: "0" })),
    sql: { query: away, execute: away, transaction: away },
    queries: createFakeQueries(),
    keeping: { readAhead, ready: away, keep: away, keepEnded: away, writeTimes: away },
    knownUntilMs: () => undefined,
  });
  await runner.runDue();
  assert.equal(runner.untilDueMs(60_000), 500, "it waits for its events");
  goes = true;
  clock.set(clock() + 500);
  await runner.runDue();
  assert.equal(runner.untilDueMs(60_000), 60_000);
});
