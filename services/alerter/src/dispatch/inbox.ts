import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import type { InboxWeight } from "./dispatch-metrics.ts";

const putInboxSql = readFileSync(new URL("./sql/put-inbox.sql", import.meta.url), "utf8");
const readInboxSql = readFileSync(new URL("./sql/read-inbox.sql", import.meta.url), "utf8");
const takeInboxSql = readFileSync(new URL("./sql/take-inbox.sql", import.meta.url), "utf8");
const weighAllInboxesSql = readFileSync(new URL("./sql/weigh-all-inboxes.sql", import.meta.url), "utf8");
const weighInboxSql = readFileSync(new URL("./sql/weigh-inbox.sql", import.meta.url), "utf8");

const labels = z.record(z.string(), z.string());

const postedAlert = z.object({
  labels,
  annotations: labels.optional(),
  startsAtMs: z.number().optional(),
  endsAtMs: z.number().optional(),
  generatorUrl: z.string().optional(),
  recipients: z.array(z.string()).readonly().optional(),
  // It is over, and nobody has heard of it: it fires for as long as it takes to tell of it, whatever its end.
  isOver: z.literal(true).optional(),
});

const doing = { by: z.string(), note: z.string(), atMs: z.number() };
const target = z.union([z.object({ fingerprint: z.string() }), z.object({ groupKey: z.string() })]);

/** What a replica has for the one that dispatches. */
export const inboxEntry = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alerts"), alerts: z.array(postedAlert) }),
  // Whatever the clocks of whoever says so and of whoever dispatches: they are over.
  z.object({ kind: z.literal("ended"), alerts: z.array(postedAlert) }),
  z.object({
    kind: z.literal("acknowledge"),
    target,
    // With an end it is snoozed.
    acknowledgement: z.object({ ...doing, untilMs: z.number().optional() }),
  }),
  z.object({ kind: z.literal("unacknowledge"), target, doing: z.object(doing) }),
  z.object({ kind: z.literal("assign"), target, assignment: z.object({ ...doing, to: z.string() }) }),
  z.object({ kind: z.literal("resolve"), target, doing: z.object(doing) }),
]);
export type InboxEntry = z.infer<typeof inboxEntry>;

export interface ReceivedEntry {
  readonly entryId: string;
  readonly tenant: string;
  /** As it was put: it may be of a newer version. */
  readonly entry: unknown;
}

/** Of one tenant. More is taken when somebody has dispatched some of it. */
const maxWaitingBytes = 64 * 1024 * 1024;

const allWeightRow = z.object({ entries: z.number(), bytes: z.number(), oldest_at: z.date().nullable() });
const weightRow = z.object({ bytes: z.number() });
const entryRow = z
  .object({ entry_id: z.string(), tenant: z.string(), entry: z.unknown() })
  .transform(({ entry_id, ...rest }): ReceivedEntry => ({ entryId: entry_id, ...rest }));

/** Hands something to whoever dispatches. */
export async function putInbox(sql: Sql, tenant: string, entry: InboxEntry, nowMs: number): Promise<void> {
  const text = JSON.stringify(entry);
  await sql.execute(putInboxSql, [tenant, text, Buffer.byteLength(text), new Date(nowMs)]);
}

/** Throws `unavailable` when so much of a tenant waits that no more is taken from outside. */
export async function wantRoom(sql: Sql, tenant: string): Promise<void> {
  const [row] = await sql.query(weighInboxSql, [tenant], weightRow);
  if (row !== undefined && row.bytes >= maxWaitingBytes) {
    const message = `cannot take alerts now: got ${row.bytes} bytes that wait already, want fewer than ${maxWaitingBytes}`;
    throw new AppError("unavailable", message, { retryAfterMs: 5000 });
  }
}

/** What waits of all tenants. */
export async function weighInboxes(sql: Sql, nowMs: number): Promise<InboxWeight> {
  const [row] = await sql.query(weighAllInboxesSql, [], allWeightRow);
  const { entries = 0, bytes = 0, oldest_at: oldestAt = null } = row ?? {};
  const oldestMs = oldestAt?.getTime() ?? nowMs;
  return { entries, bytes, oldestSeconds: Math.max(0, nowMs - oldestMs) / 1000 };
}

/** The oldest of what waits, so many of each of the tenants. It stays there until it is taken out. */
export function readInbox(sql: Sql, tenants: readonly string[], limit: number): Promise<ReceivedEntry[]> {
  return sql.query(readInboxSql, [[...tenants], limit], entryRow);
}

/** Takes entries of a tenant out, together with what became of them. */
export async function takeInbox(tx: Sql, tenant: string, entries: readonly ReceivedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.execute(takeInboxSql, [tenant, entries.map(({ entryId }) => entryId)]);
}
