import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { deleteChannel, hasChannel } from "../channels/channel-store.ts";
import { DEFAULT_RULES, seedDefaultRules } from "./default-rules.ts";
import { deleteRule, listRules } from "./rule-store.ts";

const opened = new AsyncDisposableStack();
let sql: Pool;

before(async () => {
  const { url } = opened.use(await testDatabase());
  sql = createPool({ url, maxConnections: 4 }, { log: quietLog });
  opened.defer(() => sql.close());
});
after(() => opened.disposeAsync());

const tenant = "default";
const names = async () => (await listRules(sql, tenant)).map(({ name }) => name).sort();
const seed = (rules: typeof DEFAULT_RULES) =>
  seedDefaultRules(sql, { nowMs: 1_700_000_000_000, newId: () => crypto.randomUUID(), rules });

test("a rule that ships later is given once to who was there before; what was deleted does not come back", async () => {
  const [first, second, later, latest] = DEFAULT_RULES;
  assert.ok(first !== undefined && second !== undefined && later !== undefined && latest !== undefined);
  assert.deepEqual(await seed([first, second]), [tenant]);
  assert.deepEqual(await names(), [first.name, second.name].sort());
  const [gone] = (await listRules(sql, tenant)).filter(({ name }) => name === first.name);
  assert.ok(gone);
  await deleteRule(sql, tenant, gone.ruleId);

  // By all replicas at once.
  await Promise.all(Array.from({ length: 3 }, () => seed([first, second, later])));
  assert.deepEqual(await names(), [second.name, later.name].sort());
  assert.deepEqual(await seed([first, second, later]), []);

  const [given] = (await listRules(sql, tenant)).filter(({ name }) => name === later.name);
  await deleteRule(sql, tenant, given?.ruleId ?? "");
  // One that ships no more is remembered, should it ship again.
  await seed([second, latest]);
  assert.deepEqual(await seed([first, second, later, latest]), []);
  assert.deepEqual(await names(), [second.name, latest.name].sort());
});

test("a console channel that was deleted does not come back with a rule that ships later", async () => {
  const [first, later] = DEFAULT_RULES;
  assert.ok(first !== undefined && later !== undefined);
  const other = "without-console";
  await ensureTenant(sql, other);
  await seed([first]);
  const [given] = await listRules(sql, other);
  assert.deepEqual(given?.channels, ["console"]);
  await deleteRule(sql, other, given.ruleId);
  await deleteChannel(sql, other, "console");

  await seed([first, later]);
  assert.equal(await hasChannel(sql, other, "console"), false);
  const rules = await listRules(sql, other);
  assert.deepEqual(
    rules.map(({ name, channels }) => ({ name, channels })),
    [{ name: later.name, channels: [] }],
  );
});
