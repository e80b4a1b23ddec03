// What is made incidents of, tenant by tenant, with a real Postgres: none of them keeps another waiting.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RECEIVED_REASONS } from "@sightline/alertmanager/dispatch/decision";
import { unavailable } from "@sightline/errors/app-error";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { Registry } from "prom-client";
import { z } from "zod";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { groupMembers } from "../dispatch/group-members.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { createDriveIncidents } from "./drive-incidents.ts";
import { noTopology } from "./topology.ts";

const NOW_MS = Date.UTC(2026, 0, 5);
const waitingRow = z.object({ tenant: z.string(), entries: z.number() });
const WAITING = "SELECT tenant, count(*)::int AS entries FROM incident_inbox GROUP BY tenant ORDER BY tenant";

describe("what waits to be made incidents of", () => {
  let postgres: TestServer;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.stop());

  /** A database with some tenants, the first of whom has much that waits and the others, after it, one thing. */
  async function world(...tenants: string[]) {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await createDatabase(postgres.url, { migrated: true }));
    const sql = createPool({ url: database.url, maxConnections: 2 }, { log: quietLog });
    stack.defer(() => sql.close());
    for (const tenant of tenants) await ensureTenant(sql, tenant);
    for (const [at, tenant] of tenants.entries()) await decide(sql, tenant, at === 0 ? 700 : 1);
    const cleanup = stack.move();
    return { sql, [Symbol.asyncDispose]: () => cleanup.disposeAsync() };
  }

  function decide(sql: Pool, tenant: string, count: number): Promise<void> {
    const common = { atMs: NOW_MS, step: "received", reason: RECEIVED_REASONS.new } as const;
    const decisions = Array.from({ length: count }, (_, at) => ({ ...common, fingerprints: [`${tenant}-${at}`] }));
    return insertDecisions(sql, tenant, decisions);
  }

  function driver(sql: Pool, failing?: string) {
    const graph = {
      async of(tenant: string) {
        if (tenant === failing) throw unavailable("cannot read the incidents: got a time-out");
        return noTopology;
      },
    };
    const bounds = { quietMs: 900_000, maxOpen: 100, maxMembers: 100 };
    const metrics = createAlerterMetrics(new Registry());
    const common = { clock: () => NOW_MS, newId: () => crypto.randomUUID(), log: quietLog, metrics };
    return createDriveIncidents({ sql, graph, ...common, ...bounds });
  }

  test("much of one tenant is taken piece by piece, and what another has with the first piece", async () => {
    await using here = await world("many", "one");
    const drive = driver(here.sql);
    const { signal } = new AbortController();
    assert.equal(await drive(signal), true);
    const [left, ...others] = await here.sql.query(WAITING, [], waitingRow);
    assert.deepEqual([left?.tenant, others], ["many", []]);
    while (await drive(signal));
    assert.deepEqual(await here.sql.query(WAITING, [], waitingRow), []);
  });

  test("what cannot be done for one tenant is done for all others, and said", async () => {
    await using here = await world("a", "b", "c");
    const drive = driver(here.sql, "a");
    await assert.rejects(drive(new AbortController().signal), /got a time-out/);
    assert.deepEqual(await here.sql.query(WAITING, [], waitingRow), [{ tenant: "a", entries: 700 }]);
  });

  test("the alerts of a group are found without looking at all groups", async () => {
    await using here = await world("many");
    const { sql } = here;
    await sql.execute(
      `INSERT INTO dispatch_records (tenant, kind, key, record)
       SELECT 'many', 'group', n::text, jsonb_build_object('groupKey', 'group ' || n, 'members', jsonb_build_array('of ' || n))
       FROM generate_series(1, 5000) AS n
       UNION ALL SELECT 'many', 'group', 'other route', '{"groupKey": "group 7", "members": ["x"]}'`,
      [],
    );
    await sql.execute("ANALYZE dispatch_records", []);
    const scans = z.object({ scans: z.number() });
    const USED = "SELECT pg_stat_get_xact_numscans('dispatch_groups_of_key'::regclass)::int AS scans";
    const { members, used } = await sql.transaction(async (tx) => ({
      members: await groupMembers(tx, "many", ["group 7", "group 9", "none"]),
      used: await tx.query(USED, [], scans),
    }));
    assert.deepEqual([...(members.get("group 7") ?? [])].sort(), ["of 7", "x"]);
    assert.deepEqual([...(members.get("group 9") ?? [])], ["of 9"]);
    assert.equal(members.size, 2);
    assert.notEqual(used[0]?.scans, 0);
  });
});
