import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { createGroupsInForce } from "../rule-files/groups-in-force.ts";
import { createRuleCatalog } from "./rule-catalog.ts";
import { createRuleWorld } from "./testing/rule-world.ts";

const rules = "rules: [{ alert: A, expr: up }]";

describe("the catalog of rules", () => {
  let server: TestServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  test("groups that do not say how far back they look do so as is usual", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql } = world;
    const defaults = { defaultIntervalMs: 60_000, defaultQueryOffsetMs: 30_000, maxSeries: 100 };
    const catalog = createRuleCatalog({ sql, ...defaults, log: quietLog });
    const groups = [
      `{ name: usual, ${rules} }`,
      `{ name: own, query_offset: 5m, ${rules} }`,
      `{ name: none, query_offset: 0s, ${rules} }`,
    ];
    await world.put(`groups: [${groups.join(", ")}]`);
    await catalog.refresh();
    const offsets = [...catalog.groups().values()].map(({ id, plan }) => [id.group, plan().queryOffsetMs]);
    assert.deepEqual(Object.fromEntries(offsets), { usual: 30_000, own: 300_000, none: 0 });
  });

  test("what is told of rules is what is evaluated: nothing is read twice", async () => {
    await using world = await createRuleWorld(server.url);
    const { sql, tenant } = world;
    let reads = 0;
    const counting: typeof sql = {
      ...sql,
      query(text, params, row) {
        if (text.includes("newest.source")) reads += 1;
        return sql.query(text, params, row);
      },
    };
    const defaults = { defaultIntervalMs: 60_000, defaultQueryOffsetMs: 0, maxSeries: 100 };
    const catalog = createRuleCatalog({ sql: counting, ...defaults, log: quietLog });
    const inForce = createGroupsInForce({ catalog, refresh: async () => void (await catalog.refresh()) });
    await world.put(`groups: [{ name: b, ${rules} }, { name: a, ${rules} }]`);
    const told = await inForce.groupsOf(tenant);
    assert.deepEqual(
      told.map(({ file, group }) => `${file} ${group.name}`),
      ["test.yml a", "test.yml b"],
    );
    const evaluated = [...catalog.groups().values()];
    assert.ok(told.every(({ group }) => evaluated.some((one) => one.group === group)));
    await catalog.refresh();
    await inForce.groupsOf(tenant);
    assert.equal(reads, 1);
    assert.deepEqual(await inForce.groupsOf("somebody-else"), []);
  });
});
