import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { AS_IT_IS_MS, type DocumentName, findKept, keep, listBetween, pruneRevisions } from "./revision-store.ts";

const HOUR_MS = 3_600_000;
const opened = new AsyncDisposableStack();
let sql: Pool;

before(async () => {
  const { url } = opened.use(await testDatabase());
  sql = createPool({ url, maxConnections: 2 }, { log: quietLog });
  opened.defer(() => sql.close());
});
after(() => opened.disposeAsync());

const named = (name: string, tenant = "default"): DocumentName => ({ tenant, kind: "schedule", name });

/** Puts versions that say when they were made, each at such an hour; undefined is a deletion. */
async function put(of: DocumentName, hours: readonly number[], isDeleted = false): Promise<void> {
  for (const [at, hour] of hours.entries()) {
    const definition = isDeleted && at === hours.length - 1 ? null : Buffer.from(`${hour}`);
    await keep(sql, of, { definition, expected: 0, nowMs: hour * HOUR_MS, by: "ann" });
  }
}

async function versionsOf(of: DocumentName): Promise<readonly string[]> {
  const all = await listBetween(sql, of, { startMs: 0, endMs: AS_IT_IS_MS });
  return all.map(({ definition }) => definition?.toString() ?? "deleted");
}

test("versions that were in force since a time stay, of those before only the newest ones", async () => {
  const [busy, quiet, gone, goneLately, others] = [
    named("busy"),
    named("quiet"),
    named("gone"),
    named("gone lately"),
    named("busy", "other"),
  ];
  await put(busy, [1, 2, 3, 4, 5, 6, 7]);
  await put(others, [1, 2, 3]);
  await put(quiet, [1, 2]);
  await put(gone, [1, 2, 4], true);
  await put(goneLately, [1, 2, 3, 6], true);
  await pruneRevisions(sql, 5.5 * HOUR_MS, 1);
  assert.deepEqual(await versionsOf(busy), ["5", "6", "7"], "5 was in force at 5.5 h");
  assert.deepEqual(await versionsOf(others), ["3"]);
  assert.deepEqual(await versionsOf(quiet), ["2"]);
  assert.deepEqual(await versionsOf(gone), []);
  assert.deepEqual(await versionsOf(goneLately), ["3", "deleted"]);
  await put(busy, [8]);
  assert.equal((await findKept(sql, busy, AS_IT_IS_MS))?.revision, 8, "numbers go on");
  await pruneRevisions(sql, 100 * HOUR_MS, 3);
  assert.deepEqual(await versionsOf(busy), ["6", "7", "8"], "so many stay, however old they are");
});
