// What is said of somebody who cannot be told while whoever dispatches is behind, with a real Postgres.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { createPool } from "@sightline/postgres/pool";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { inboxEntry } from "./inbox.ts";
import { endOutlet, type Outlet, raiseOutlet } from "./outlet-trouble.ts";

const nowMs = Date.UTC(2026, 0, 5);
const tenant = "acme";
const inboxRow = z.object({ entry: inboxEntry });
const ops: Outlet = { kind: "integration", receiver: "ops", integration: "email[0]", user: "" };
const ann: Outlet = { ...ops, user: "ann" };

async function begin() {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase());
  const sql = createPool({ url: database.url, maxConnections: 2 }, { log: quietLog });
  stack.defer(() => sql.close());
  const entries = async () => {
    const rows = await sql.query("SELECT entry FROM alert_inbox ORDER BY entry_id", [], inboxRow);
    return rows.flatMap(({ entry }) => ("alerts" in entry ? entry.alerts.map((one) => ({ ...one, ...entry })) : []));
  };
  return {
    sql,
    entries,
    said: async () => (await entries()).map(({ kind, labels }) => `${kind} ${labels["user"] ?? "all"}`),
    fails: (outlet: Outlet) => raiseOutlet(sql, tenant, outlet, { outcome: "500 no", nowMs }),
    takes: (outlet: Outlet) => endOutlet(sql, tenant, outlet, nowMs + 1),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test("an alert that nobody has dispatched yet is ended too, and is raised once", async () => {
  await using here = await begin();
  await here.fails(ann);
  await here.fails(ann);
  assert.deepEqual(await here.said(), ["alerts ann"]);
  await here.takes(ops);
  assert.deepEqual(await here.said(), ["alerts ann"], "another one's says nothing of it");
  await here.takes(ann);
  await here.takes(ann);
  assert.deepEqual(await here.said(), ["alerts ann", "ended ann"]);
  await here.fails(ann);
  assert.deepEqual(await here.said(), ["alerts ann", "ended ann", "alerts ann"], "it fails anew");
});

test("what was dispatched counts where nothing waits", async () => {
  await using here = await begin();
  await here.fails(ops);
  const [raised] = await here.entries();
  assert.ok(raised !== undefined);
  await here.sql.execute("DELETE FROM alert_inbox", []);
  const insert = "INSERT INTO dispatch_records (tenant, kind, key, record) VALUES ($1, 'alert', $2, $3)";
  const record = JSON.stringify({ endsAtMs: raised.endsAtMs });
  await here.sql.execute(insert, [tenant, fingerprintOf(raised.labels), record]);
  await here.fails(ops);
  assert.deepEqual(await here.said(), []);
  await here.takes(ops);
  assert.deepEqual(await here.said(), ["ended all"]);
  // Whoever dispatches has not taken that yet.
  await here.fails(ops);
  assert.deepEqual(await here.said(), ["ended all", "alerts all"]);
});
