// What is told of what people did, with a real Postgres: what can never be told keeps nothing else waiting.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { createPool } from "@sightline/postgres/pool";
import { ensureTenant } from "@sightline/postgres/users";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { createDatabase } from "@sightline/testkit/postgres-database";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startPostgres } from "@sightline/testkit/servers";
import { Registry } from "prom-client";
import { createAlerterMetrics } from "../metrics.ts";
import { eventOfAction } from "./action-event.ts";
import { publishActions, tellAction } from "./action-events.ts";

const doing = { by: "ann", note: "", atMs: Date.UTC(2026, 0, 5) };
const told = { verb: "acknowledge", target: { fingerprint: "f" }, labels: { alertname: "Down" }, doing } as const;

test("an action whose alert has very large labels is told within the room of one message", () => {
  const labels = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`label_${at}`, "x".repeat(100_000)]));
  const groupKey = `{}:{a="${"x".repeat(2_000_000)}"}`;
  const event = eventOfAction({ ...told, labels, target: { groupKey } }, crypto.randomUUID());
  assert.ok(SystemEvent.encode(event).finish().length < 200_000);
});

test("what the bus never takes is given up, and waits while the bus is away", async () => {
  await using stack = new AsyncDisposableStack();
  const postgres = await startPostgres();
  stack.defer(() => postgres.stop());
  const database = stack.use(await createDatabase(postgres.url, { migrated: true }));
  const sql = createPool({ url: database.url, maxConnections: 2 }, { log: quietLog });
  stack.defer(() => sql.close());
  for (const tenant of ["a", "b"]) {
    await ensureTenant(sql, tenant);
    await tellAction(sql, tenant, told, crypto.randomUUID());
  }
  const metrics = createAlerterMetrics(new Registry());
  const heard: string[] = [];
  const publish = (failure: AppError) => {
    const publisher = {
      async publish(_payload: Uint8Array, { tenant }: { readonly tenant: string }) {
        if (tenant === "a") throw failure;
        heard.push(tenant);
      },
    };
    return publishActions({ sql, publisher, log: quietLog, metrics }, new AbortController().signal);
  };
  const waiting = () => sql.execute("SELECT 1 FROM alert_action_events WHERE tenant = 'a'", []);
  await publish(unavailable("cannot publish: the bus is not reachable")).catch(() => undefined);
  assert.equal(await waiting(), 1);
  await publish(new AppError("too_large", "cannot publish: got too much"));
  assert.deepEqual([heard, await waiting()], [["b"], 0]);
  assert.equal((await metrics.jobFailures.get()).values[0]?.value, 1);
});
