// Versions of alertmanager.yml with a real Postgres: how many there are, how long they stay, and that they lie sealed where there is a key.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createSeal, type Seal } from "@sightline/postgres/seal";
import { giveUpKey, listSeals, takeBackKeys } from "@sightline/postgres/seal-keys";
import { createSecret } from "@sightline/service/secret";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { type ConfigurationBounds, createConfigurationStore, deleteOldConfigurations } from "./configuration-store.ts";
import { keepSealed } from "./keep-sealed.ts";
import { sealConfigurations } from "./seal-configurations.ts";

const HOUR_MS = 3_600_000;
const [key, former] = ["k", "f"].map((letter) => createSecret(letter.repeat(32)));
const keyless = createSeal({});
const sealing = createSeal({ key });
const source = (name: string) => `route: { receiver: ${name} }\nreceivers: [{ name: ${name} }] # é\n`;

interface PutMore {
  readonly expected?: number;
  readonly templates?: Record<string, string>;
  readonly files?: Record<string, string>;
}

describe("versions of alertmanager.yml", () => {
  const closers = new AsyncDisposableStack();
  let sql: Pool;
  before(async () => {
    const { url } = closers.use(await testDatabase());
    sql = createPool({ url, maxConnections: 4 }, { log: quietLog });
    closers.defer(() => sql.close());
  });
  after(() => closers.disposeAsync());

  const signal = new AbortController().signal;

  /** One tenant's, put by the hour. */
  function tenantOf(seal: Seal, tenant: string = crypto.randomUUID(), bounds?: ConfigurationBounds) {
    const store = createConfigurationStore({ sql, seal, ...(bounds !== undefined && { bounds }) });
    const row = z.object({ version: z.string().transform(Number), source: z.string() });
    return {
      tenant,
      put: (name: string, hour = 0, more: PutMore = {}) => {
        const { templates, files = {}, expected } = more;
        const change = { source: source(name), templates, files, author: "ann", expected };
        return store.put(tenant, change, hour * HOUR_MS);
      },
      find: async (hour?: number) =>
        (await store.find(tenant, hour === undefined ? undefined : hour * HOUR_MS))?.source,
      unknownKeys: store.unknownKeys,
      kept: () =>
        sql.query("SELECT version, source FROM alert_configurations WHERE tenant = $1 ORDER BY version", [tenant], row),
    };
  }
  const versionsOf = async ({ kept }: ReturnType<typeof tenantOf>) => (await kept()).map(({ version }) => version);

  for (const [how, seal] of [
    ["in clear", keyless],
    ["sealed", sealing],
  ] as const) {
    test(`${how}: what is put again is the version in force, and no new one`, async () => {
      const acme = tenantOf(seal);
      assert.equal(await acme.put("a", 1), 1);
      for (let hour = 2; hour < 6; hour++) assert.equal(await acme.put("a", hour), 1);
      assert.equal(await acme.put("b", 6), 2);
      assert.equal(await acme.put("a", 7), 3, "as it was before the last is a change");
      const templates = { "ours.tmpl": "{{/* ours */}}" };
      assert.equal(await acme.put("a", 8, { templates }), 4);
      assert.equal(await acme.put("a", 9, { templates }), 4);
      assert.equal(await acme.put("a", 10), 4, "without templates they stay");
      assert.equal(await acme.put("a", 11, { templates: {} }), 5);
      await assert.rejects(acme.put("a", 12, { expected: 4 }), { code: "failed_precondition" });
      assert.equal(await acme.put("a", 12, { expected: 5 }), 5);
      assert.equal(await acme.find(6.5), source("b"));
    });
  }

  test("files lie sealed with the text that names them", async () => {
    const acme = tenantOf(sealing);
    const files = { "/run/key": "hush", "/run/a": "é" };
    assert.equal(await acme.put("a", 1), 1);
    assert.equal(await acme.put("a", 2, { files }), 2);
    assert.equal(await acme.put("a", 3, { files: { "/run/a": "é", "/run/key": "hush" } }), 2);
    const store = createConfigurationStore({ sql, seal: sealing });
    assert.partialDeepStrictEqual(await store.find(acme.tenant), { source: source("a"), files });
    const [, second] = await acme.kept();
    assert.match(second?.source ?? "", /^sealed:1:/);
    assert.equal(await acme.put("a", 4), 3);
    assert.deepEqual((await store.find(acme.tenant))?.files, {});
  });

  test("stay as long as a decision is kept that was made by them", async () => {
    const acme = tenantOf(keyless);
    for (const hour of [1, 2, 3, 4]) await acme.put(String(hour), hour);
    const other = tenantOf(keyless);
    await other.put("alone", 1);
    await deleteOldConfigurations(sql, 3.5 * HOUR_MS);
    assert.deepEqual(await versionsOf(acme), [3, 4]);
    assert.equal(await acme.find(3.5), source("3"));
    assert.deepEqual(await versionsOf(other), [1], "it is in force");
  });

  test("are bounded however often somebody puts another one", async () => {
    const few = tenantOf(keyless, undefined, { maxVersions: 3, maxBytes: 1_000_000 });
    for (let hour = 0; hour < 6; hour++) await few.put(String(hour), hour);
    assert.deepEqual(await versionsOf(few), [4, 5, 6]);
    const small = tenantOf(sealing, undefined, { maxVersions: 100, maxBytes: 700 });
    for (let hour = 0; hour < 6; hour++) await small.put(String(hour), hour);
    const kept = await versionsOf(small);
    assert.ok(kept.length > 0 && kept.length < 6 && kept.at(-1) === 6, String(kept));
    const none = tenantOf(keyless, undefined, { maxVersions: 1, maxBytes: 1 });
    await none.put("a");
    await none.put("b");
    assert.deepEqual(await versionsOf(none), [2], "the one in force stays");
  });

  test("that lay open are sealed when there is a key, those under the key before by the new one, by two at once", async () => {
    const acme = tenantOf(keyless);
    const before = createSeal({ key: former });
    for (let hour = 0; hour < 25; hour++)
      await tenantOf(hour % 2 === 0 ? keyless : before, acme.tenant).put(String(hour), hour);
    const lost = createSeal({ key: createSecret("l".repeat(32)) });
    const unreadable = tenantOf(lost);
    await unreadable.put("lost");
    const both = createSeal({ key, formerKey: former });
    const isSealed = ({ source: text }: { source: string }) => text.startsWith(sealing.prefix ?? "none");
    const all = () => sql.query("SELECT source FROM alert_configurations", [], z.object({ source: z.string() }));
    const lay = (await all()).filter((one) => !isSealed(one)).length;
    const outcomes = await Promise.all([1, 2].map(() => sealConfigurations({ sql, seal: both, signal })));
    assert.ok(outcomes.every(({ closed }) => closed === 1));
    const sealed = outcomes.reduce((sum, outcome) => sum + outcome.sealed, 0);
    assert.equal(sealed, lay - 1, "each once");
    const kept = await acme.kept();
    assert.equal(kept.length, 25);
    assert.ok(kept.every(isSealed));
    for (let hour = 0; hour < 25; hour++) {
      assert.equal(await tenantOf(sealing, acme.tenant).find(hour + 0.5), source(String(hour)));
    }
    assert.equal(await tenantOf(lost, unreadable.tenant).find(), source("lost"));
    // What was done already is not done again.
    assert.deepEqual(await sealConfigurations({ sql, seal: both, signal }), { sealed: 0, closed: 1 });
    assert.deepEqual(await sealConfigurations({ sql, seal: keyless, signal }), { sealed: 0, closed: 0 });
  });

  test("that replicas without the key put are sealed whenever they come, though not at once", async () => {
    const acme = tenantOf(keyless);
    const keep = (intervalMs?: number) =>
      keepSealed({
        ...{ sql, seal: sealing, log: quietLog, failures: { inc: () => undefined }, signal },
        ...(intervalMs !== undefined && { intervalMs }),
      });
    const areSealed = async () => (await acme.kept()).map((one) => one.source.startsWith(sealing.prefix ?? "none"));
    const isLost = async () => (await listSeals(sql)).some(({ givenUpAt }) => givenUpAt !== null);
    await acme.put("a", 1);
    await keep()();
    assert.deepEqual(await areSealed(), [false]);
    await using stack = new AsyncDisposableStack();
    stack.defer(keep(20));
    const [ours = ""] = sealing.keyIds;
    for (const hour of [2, 3]) {
      await acme.put(String(hour), hour);
      assert.ok(await giveUpKey(sql, ours, 0));
      await eventually(async () => (await areSealed()).length === hour && (await areSealed()).every(Boolean));
      await eventually(async () => !(await isLost()));
    }
  });

  test("whose key is missing are told of until it is given up, and can be put again all the same", async () => {
    const lost = createSeal({ key: createSecret("m".repeat(32)) });
    const [lostKey = ""] = lost.keyIds;
    const acme = tenantOf(lost);
    await acme.put("a");
    const now = tenantOf(sealing, acme.tenant);
    assert.ok((await now.unknownKeys()).includes(lostKey));
    await assert.rejects(now.find(), { code: "failed_precondition", message: /sightlinectl seals/ });
    assert.ok(await giveUpKey(sql, lostKey, 0));
    assert.equal(await giveUpKey(sql, lostKey, 1), false);
    assert.ok(!(await now.unknownKeys()).includes(lostKey));
    const [seals] = (await listSeals(sql)).filter((one) => one.key === lostKey);
    assert.deepEqual(seals, {
      ...{ key: lostKey, kind: "configuration", count: 1, tenants: [acme.tenant], givenUpAt: new Date(0) },
    });
    // The same text: nobody can tell.
    assert.equal(await now.put("a"), 2);
    assert.equal(await now.find(), source("a"));
    await takeBackKeys(sql, lost.keyIds);
    assert.equal((await listSeals(sql)).find((one) => one.key === lostKey)?.givenUpAt, null);
  });
});
