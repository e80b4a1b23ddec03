import { readFileSync } from "node:fs";
import { targetKey } from "@sightline/alertmanager/dispatch/acknowledgements";
import { logKey } from "@sightline/alertmanager/dispatch/notification-log";
import type { DispatcherChanges, DispatcherSnapshot } from "@sightline/alertmanager/dispatch/snapshot";
import type { Delta } from "@sightline/alertmanager/dispatch/touched";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const putRecordsSql = readFileSync(new URL("./sql/put-records.sql", import.meta.url), "utf8");
const deleteRecordsSql = readFileSync(new URL("./sql/delete-records.sql", import.meta.url), "utf8");
const readRecordsSql = readFileSync(new URL("./sql/read-records.sql", import.meta.url), "utf8");

const labels = z.record(z.string(), z.string());

const alert = z.object({
  fingerprint: z.string(),
  labels,
  annotations: labels,
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  generatorUrl: z.string(),
  updatedAtMs: z.number(),
  timeout: z.boolean(),
  recipients: z.array(z.string()).exactOptional(),
});

const group = z.object({
  id: z.string(),
  groupKey: z.string(),
  receiver: z.string(),
  labels,
  members: z.array(z.string()),
  hidden: labels,
  hiddenBy: z.string(),
  dueMs: z.number(),
  flushed: z.boolean(),
  inFlight: z.boolean(),
});

const log = z.object({
  groupKey: z.string(),
  receiver: z.string(),
  integration: z.string(),
  index: z.number(),
  firing: z.array(z.string()),
  resolved: z.array(z.string()),
  acknowledgedAtMs: z.number().optional(),
  atMs: z.number(),
  expiresAtMs: z.number(),
  receiverData: z.record(z.string(), z.union([z.string(), z.number()])),
});

const acknowledged = { by: z.string(), note: z.string(), atMs: z.number(), untilMs: z.number().optional() };
/** What somebody said of an alert or a group, as it is kept. */
export const acknowledgement = z.union([
  z.object({ ...acknowledged, fingerprint: z.string() }),
  z.object({ ...acknowledged, groupKey: z.string() }),
]);

const assigned = { to: z.string(), by: z.string(), note: z.string(), atMs: z.number() };
/** Who shall see to it, as it is kept. */
export const assignment = z.union([
  z.object({ ...assigned, fingerprint: z.string() }),
  z.object({ ...assigned, groupKey: z.string() }),
]);

const recordRow = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alert"), record: alert }),
  z.object({ kind: z.literal("group"), record: group }),
  z.object({ kind: z.literal("log"), record: log }),
  z.object({ kind: z.literal("acknowledgement"), record: acknowledgement }),
  z.object({ kind: z.literal("assignment"), record: assignment }),
]);

/** All that was known of a tenant's alerts when it was written last. */
export async function readSnapshot(sql: Sql, tenant: string): Promise<DispatcherSnapshot> {
  const rows = await sql.query(readRecordsSql, [tenant], recordRow);
  return {
    alerts: rows.flatMap((row) => (row.kind === "alert" ? [row.record] : [])),
    groups: rows.flatMap((row) => (row.kind === "group" ? [row.record] : [])),
    log: rows.flatMap((row) => (row.kind === "log" ? [row.record] : [])),
    acknowledgements: rows.flatMap((row) => (row.kind === "acknowledgement" ? [row.record] : [])),
    assignments: rows.flatMap((row) => (row.kind === "assignment" ? [row.record] : [])),
  };
}

/** Writes what changed. */
export async function writeChanges(tx: Sql, tenant: string, changes: DispatcherChanges): Promise<void> {
  const write = async <T>(kind: string, { changed, gone }: Delta<T>, keyOf: (record: T) => string): Promise<void> => {
    if (changed.length > 0) {
      const records = changed.map((record) => JSON.stringify(record));
      await tx.execute(putRecordsSql, [tenant, kind, changed.map(keyOf), records]);
    }
    if (gone.length > 0) await tx.execute(deleteRecordsSql, [tenant, kind, gone]);
  };
  await write("alert", changes.alerts, ({ fingerprint }) => fingerprint);
  await write("group", changes.groups, ({ id }) => id);
  await write("log", changes.log, logKey);
  await write("acknowledgement", changes.acknowledgements, targetKey);
  await write("assignment", changes.assignments, targetKey);
}

/** Whether there is anything to write. */
export function isChanged(changes: DispatcherChanges): boolean {
  const { alerts, groups, log, acknowledgements, assignments } = changes;
  return [alerts, groups, log, acknowledgements, assignments].some(
    ({ changed, gone }) => changed.length + gone.length > 0,
  );
}
