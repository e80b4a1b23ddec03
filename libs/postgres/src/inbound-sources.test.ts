import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createSecret } from "@sightline/service/secret";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import {
  beginDelivery,
  type DeliveryClaim,
  endDelivery,
  findSource,
  insertSource,
  listSources,
  type SourceKey,
  sealSources,
  updateSource,
} from "./inbound-sources.ts";
import { createPool, type Pool, type Sql } from "./pool.ts";
import { createSeal, type Seal } from "./seal.ts";

const [key, former] = ["k", "f"].map((letter) => createSecret(letter.repeat(32)));
const keyless = createSeal({});
const sealing = createSeal({ key });
const { signal } = new AbortController();

describe("inbound sources", () => {
  const closers = new AsyncDisposableStack();
  let sql: Pool;
  before(async () => {
    const { url } = closers.use(await testDatabase());
    sql = createPool({ url, maxConnections: 2 }, { log: quietLog });
    closers.defer(() => sql.close());
  });
  after(() => closers.disposeAsync());

  const kept = async ({ sourceId }: SourceKey) => {
    const row = z.object({ secret: z.string() }).transform(({ secret }) => secret);
    return (await sql.query("SELECT secret FROM inbound_sources WHERE source_id = $1", [sourceId], row))[0] ?? "";
  };
  const setKept = ({ sourceId }: SourceKey, secret: string) =>
    sql.execute("UPDATE inbound_sources SET secret = $2 WHERE source_id = $1", [sourceId, secret]);

  async function make(seal: Seal, secret: string) {
    const id = { tenant: "default", sourceId: crypto.randomUUID() };
    const tokenHash = crypto.randomUUID().replaceAll("-", "").repeat(2);
    const source = {
      ...id,
      name: id.sourceId,
      kind: "github",
      settings: {},
      secret,
      prefix: "sl_inbound_x",
      tokenHash,
    };
    assert.ok(await insertSource({ sql, seal }, { ...source, createdAt: new Date(), createdBy: "ann" }, 100));
    return { ...id, secretBy: async (by: Seal) => (await findSource({ sql, seal: by }, tokenHash))?.secret };
  }

  test("a delivery is one attempt's until it ends, or nothing was heard of it for long", async () => {
    const source = await make(keyless, "");
    const attempts = Array.from({ length: 5 }, () => ({ deliveryId: "d", claimId: crypto.randomUUID() }));
    const begin = (claim: DeliveryClaim) => beginDelivery(sql, source, { ...claim, receivedAt: new Date() });
    const begun = await Promise.all(attempts.map(async (claim) => ({ claim, ...(await begin(claim)) })));
    const ours = begun.filter(({ isOurs }) => isOurs);
    assert.equal(ours.length, 1);
    const [first] = ours;
    const next = begun.find(({ isOurs }) => !isOurs)?.claim;
    assert.ok(first !== undefined && next !== undefined);
    await endDelivery(sql, source, { ...next, doneAt: undefined });
    assert.equal((await begin(next)).isOurs, false, "who does not have it cannot give it back");
    await endDelivery(sql, source, { ...first.claim, doneAt: undefined });
    const again = await begin(next);
    assert.deepEqual([again.isOurs, again.isDone, again.receivedAt], [true, false, first.receivedAt]);
    await sql.execute("UPDATE inbound_deliveries SET claimed_until = now() WHERE source_id = $1", [source.sourceId]);
    assert.equal((await begin(first.claim)).isOurs, true, "whoever had it was killed");
    await endDelivery(sql, source, { ...first.claim, doneAt: new Date() });
    assert.equal((await begin(next)).isDone, true);
  });

  test("secrets are sealed for their source when they are put, and lie open without a key", async () => {
    const source = await make(sealing, "hush");
    assert.match(await kept(source), /^sealed:1:/);
    assert.equal(await source.secretBy(sealing), "hush");
    assert.equal(await source.secretBy(keyless), undefined, "it is not to be taken for none");
    const change = { ...source, name: source.sourceId, settings: {} };
    const before = await kept(source);
    assert.ok(await updateSource({ sql, seal: sealing }, { ...change, secret: undefined }));
    assert.equal(await kept(source), before);
    assert.ok(await updateSource({ sql, seal: sealing }, { ...change, secret: "other" }));
    assert.equal(await source.secretBy(sealing), "other");
    assert.ok(await updateSource({ sql, seal: sealing }, { ...change, secret: "" }));
    assert.deepEqual([await kept(source), await source.secretBy(keyless)], ["", ""]);
    assert.equal((await listSources(sql, "default", source.sourceId))[0]?.hasSecret, false);
    const open = await make(keyless, "open");
    assert.deepEqual([await kept(open), await open.secretBy(sealing)], ["open", "open"]);
    // Whoever can write to the database cannot give a source a secret that is known elsewhere.
    const another = await make(sealing, "known");
    await setKept(source, await kept(another));
    assert.equal(await source.secretBy(sealing), undefined);
  });

  test("that lie open, or are sealed with the key before, are sealed with ours; by two at once, and without loss", async () => {
    await sql.execute("DELETE FROM inbound_sources", []);
    const open = await make(keyless, "open");
    const old = await make(createSeal({ key: former }), "old");
    const none = await make(keyless, "");
    const lost = await make(createSeal({ key: createSecret("l".repeat(32)) }), "lost");
    const lostKept = await kept(lost);
    const store = { sql, seal: createSeal({ key, formerKey: former }) };
    const counts = await Promise.all([1, 2].map(() => sealSources(store, signal)));
    assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 2);
    assert.deepEqual([await open.secretBy(sealing), await old.secretBy(sealing)], ["open", "old"]);
    assert.deepEqual([await kept(none), await kept(lost)], ["", lostKept]);
    assert.deepEqual([await sealSources(store, signal), await sealSources({ sql, seal: keyless }, signal)], [0, 0]);
  });

  test("that somebody changes while all are sealed stay as they were put", async () => {
    const source = await make(keyless, "open");
    const change = { ...source, name: source.sourceId, settings: {}, secret: "new" };
    const raced: Sql = {
      ...sql,
      execute: async (text, params) => {
        await updateSource({ sql, seal: sealing }, change);
        return await sql.execute(text, params);
      },
    };
    assert.equal(await sealSources({ sql: raced, seal: sealing }, signal), 0);
    assert.equal(await source.secretBy(sealing), "new");
  });
});
