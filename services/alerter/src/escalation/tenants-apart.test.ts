// What is wrong with one tenant, or with what another version wrote, keeps nobody else from being told: with a real Postgres, and the loops as
// they run.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { uuid7 } from "@sightline/model/uuid7";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { eventually } from "@sightline/testkit/eventually";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres, type TestServer } from "@sightline/testkit/servers";
import { Registry } from "prom-client";
import { z } from "zod";
import { createBell } from "../bell.ts";
import { createRateLimiter } from "../channels/rate-limit.ts";
import { sampleNotification, testRim } from "../channels/testing/sample.ts";
import { activate } from "../dispatch/activate.ts";
import { takeEpoch } from "../dispatch/epoch.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { createPolicyCalls } from "../oncall/policy-calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { advanceDue } from "./advance-due.ts";
import { dueContacts } from "./contact-store.ts";
import { driveEscalations } from "./drive.ts";
import { createEscalations } from "./escalations.ts";
import { integrationsIn } from "./integrations-in.ts";
import { BEGIN_MS, configurationFor, firing, GROUP_KEY, putPeople } from "./testing/time-line.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** In the order in which tenants are gone through. */
const [lost, acme] = ["a-lost", "b-acme"] as const;

describe("tenants apart", () => {
  let postgres: TestServer;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.stop());

  test("one whose configuration cannot be used waits for it, and nobody else does", async () => {
    await using here = await twoTenants();
    await here.begin(lost);
    here.setTime(BEGIN_MS + 1000);
    await here.begin(acme);
    await using _driving = await here.drive();
    await here.heard(["bob-pager", "incidents"]);
    here.mendConfiguration();
    here.setTime(BEGIN_MS + MINUTE_MS + 1000);
    await here.heard(["bob-pager", "incidents"]);
  });

  test("whom an escalation reached before is told although no escalation can go on", async () => {
    await using here = await twoTenants();
    await here.begin(acme);
    {
      await using _driving = await here.drive();
      await here.heard(["bob-pager", "incidents"]);
    }
    await here.sql.execute("ALTER TABLE escalations RENAME COLUMN due_at TO due_then", []);
    here.setTime(BEGIN_MS + 2 * MINUTE_MS);
    await using _driving = await here.drive();
    await here.heard(["bob-mail"]);
  });

  test("hand-overs are told beside a tenant whose configuration, and a schedule that cannot be read", async () => {
    await using here = await twoTenants();
    await here.sql.execute(
      `INSERT INTO oncall_revisions (tenant, kind, name, revision, definition, changed_at, changed_by)
       VALUES ($1, 'schedule', 'a', 1, '\\xff', to_timestamp(0), 'test')`,
      [acme],
    );
    here.setTime(BEGIN_MS + 351 * MINUTE_MS);
    await using _driving = await here.drive();
    await here.heard(["ann-pager", "bob-pager"]);
  });

  test("what another version wrote waits, and nothing that is due later does", async () => {
    await using here = await twoTenants();
    here.mendConfiguration();
    await here.begin(lost);
    await here.sql.execute(`UPDATE escalations SET state = state || '{"status": "dreaming"}'`, []);
    await here.sql.execute(
      `INSERT INTO oncall_contacts (tenant, about, contact_key, receiver, contact, due_at)
       SELECT $1, 'poems', 'k' || n, 'incidents', '{"news": "poem"}', to_timestamp(0) FROM generate_series(1, 40) AS n`,
      [acme],
    );
    here.setTime(BEGIN_MS + 1000);
    await here.begin(acme);
    await using _driving = await here.drive();
    await here.heard(["bob-pager", "incidents"]);
  });

  test("a storm of one tenant keeps no other one waiting, nor those whom it reached first", async () => {
    await using here = await twoTenants();
    here.mendConfiguration();
    await here.begin(lost);
    await here.sql.execute(
      `INSERT INTO escalations
       SELECT (escalation).* FROM (
         SELECT jsonb_populate_record(one, jsonb_build_object(
           'escalation_id', gen_random_uuid(), 'group_key', n::text,
           'group_hash', encode(sha256(n::text::bytea), 'hex')
         )) AS escalation
         FROM escalations AS one, generate_series(1, 120) AS n
       ) AS many`,
      [],
    );
    here.setTime(BEGIN_MS + 1000);
    await here.begin(acme);
    const reached: Record<string, number>[] = [];
    const waiting: Promise<unknown>[] = [];
    await here.advance(() => void waiting.push(here.dueByTenant().then((due) => reached.push(due))));
    await Promise.all(waiting);
    assert.equal(reached.length, 2);
    assert.equal(reached[0]?.[acme], 3, "after the first of them the other tenant's people are due to be told");
    assert.deepEqual(await here.dueByTenant(), { [lost]: 121 * 3, [acme]: 3 });
    // However many receivers it has, and however long they wait.
    await here.sql.execute(
      "UPDATE oncall_contacts SET receiver = contact_key, due_at = due_at - interval '1 minute' WHERE tenant = $1",
      [lost],
    );
    const { contacts } = await dueContacts(here.sql, { nowMs: BEGIN_MS + HOUR_MS, perReceiver: 100, limit: 8 });
    assert.equal(contacts.filter(({ tenant }) => tenant === acme).length, 3);
  });

  /** Two tenants with the same people, of whom the configuration of one cannot be used. */
  async function twoTenants() {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await createDatabase(postgres.url, { migrated: true }));
    const sql: Pool = createPool({ url: database.url, maxConnections: 8 }, { log: quietLog });
    stack.defer(() => sql.close());
    const receiver = stack.use(await startReceiver());
    let nowMs = BEGIN_MS;
    const clock = () => nowMs;
    const newId = () => uuid7(nowMs);
    for (const tenant of [lost, acme]) {
      await ensureTenant(sql, tenant);
      const limits = { maxPolicies: 10, maxContacts: 10 };
      const policies = createPolicyCalls({ sql, clock, ...limits, receiversOf: async () => [] });
      await putPeople({ tenant, sql, clock, newId, policies });
    }
    const source = configurationFor(receiver.url);
    const configuration = activate({ source, templates: {}, version: 1 }, testRim({ clock }));
    const escalations = createEscalations({
      ...{ sql, clock, newId, onChanged: () => undefined },
      integrationsOf: async () => integrationsIn(configuration),
    });
    let isMended = false;
    const configurationOf = async (tenant: string) => {
      if (tenant === acme || isMended) return configuration;
      throw new AppError("failed_precondition", "cannot open the configuration: got no key");
    };
    const cleanup = stack.move();
    return {
      sql,
      setTime(atMs: number) {
        nowMs = atMs;
      },
      mendConfiguration() {
        isMended = true;
      },
      async begin(tenant: string) {
        const notification = sampleNotification({ receiver: "payments", groupKey: GROUP_KEY, alerts: [firing] });
        await escalations.told({ tenant, policy: "payments", notification, atMs: nowMs });
      },
      /** Waits until exactly these receivers were told something. */
      async heard(want: readonly string[]) {
        await eventually(() => receiver.received.length >= want.length);
        assert.deepEqual(
          receiver.received
            .splice(0)
            .map(({ body }) => body.receiver)
            .sort(),
          want,
        );
      },
      /** How many contacts of each are due, or will be. */
      async dueByTenant(): Promise<Record<string, number>> {
        const row = z.object({ tenant: z.string(), count: z.number() });
        const select =
          "SELECT tenant, count(*)::int AS count FROM oncall_contacts WHERE status = 'due' GROUP BY tenant";
        return Object.fromEntries((await sql.query(select, [], row)).map(({ tenant, count }) => [tenant, count]));
      },
      /** Carries out what is due, and tells nobody. */
      async advance(onSome: () => void): Promise<void> {
        const { epoch } = await takeEpoch(sql);
        const integrationsOf = async () => integrationsIn(configuration);
        const { signal } = new AbortController();
        await advanceDue({ sql, epoch, nowMs, log: quietLog, integrationsOf, onSome }, signal);
      },
      /** Has it done until it is disposed of. */
      async drive(): Promise<AsyncDisposable> {
        const stopping = new AbortController();
        const { epoch } = await takeEpoch(sql);
        const done = driveEscalations(
          {
            ...{ sql, epoch, clock, log: quietLog, metrics: createAlerterMetrics(new Registry()), configurationOf },
            limiter: createRateLimiter({ maxKeys: 100, steadyMs: () => performance.now() }),
            ...{ maxConcurrentPerReceiver: 4, intervalMs: 20, keepMs: 1e12, externalUrl: "http://sightline" },
            bell: createBell(),
            ...{ failuresUntilAlert: 3, failingForMs: 0 },
          },
          stopping.signal,
        );
        return {
          async [Symbol.asyncDispose]() {
            stopping.abort();
            await done;
          },
        };
      },
      [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
    };
  }
});
