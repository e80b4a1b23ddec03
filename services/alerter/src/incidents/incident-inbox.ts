import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { severityOfLabels } from "../channels/severity.ts";
import type { FiringAlert } from "./correlator.ts";

const readInboxSql = readFileSync(new URL("./sql/read-inbox.sql", import.meta.url), "utf8");
const takeInboxSql = readFileSync(new URL("./sql/take-inbox.sql", import.meta.url), "utf8");
const readAlertsSql = readFileSync(new URL("./sql/read-alerts.sql", import.meta.url), "utf8");
const quietTenantsSql = readFileSync(new URL("./sql/tenants-quiet.sql", import.meta.url), "utf8");

const entryRow = z
  .object({
    entry_id: z.string(),
    tenant: z.string(),
    decided_at: z.date(),
    step: z.string(),
    reason: z.string(),
    fingerprints: z.array(z.string()),
    group_key: z.string(),
    receiver: z.string(),
    integration: z.string(),
    detail: z.string(),
  })
  .transform(({ entry_id, decided_at, group_key, ...rest }) => ({
    ...rest,
    entryId: entry_id,
    atMs: decided_at.getTime(),
    groupKey: group_key,
  }));

/** Something that was decided about alerts. */
export type DecidedEntry = Readonly<z.infer<typeof entryRow>>;

/** The oldest of what was decided and not looked at, so many of each tenant. */
export function readDecided(sql: Sql, perTenant: number): Promise<DecidedEntry[]> {
  return sql.query(readInboxSql, [perTenant], entryRow);
}

const takenRow = z.object({ entry_id: z.string() });

/** Takes entries of a tenant out, together with what becomes of them. Resolves to those that nobody else has taken meanwhile. */
export async function takeDecided(
  tx: Sql,
  tenant: string,
  entries: readonly DecidedEntry[],
): Promise<readonly DecidedEntry[]> {
  if (entries.length === 0) return [];
  const rows = await tx.query(takeInboxSql, [tenant, entries.map(({ entryId }) => entryId)], takenRow);
  const taken = new Set(rows.map(({ entry_id }) => entry_id));
  return entries.filter(({ entryId }) => taken.has(entryId));
}

const labels = z.record(z.string(), z.string());
const alertRow = z.object({
  fingerprint: z.string(),
  record: z.object({ labels, annotations: labels, startsAtMs: z.number(), endsAtMs: z.number() }),
});

/** An alert as it is now: it may have ended since it began to fire. */
export interface KnownAlert extends FiringAlert {
  readonly endsAtMs: number;
}

/** The alerts of these fingerprints as they are now. */
export async function readFiring(
  sql: Sql,
  tenant: string,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, KnownAlert>> {
  if (fingerprints.length === 0) return new Map();
  const rows = await sql.query(readAlertsSql, [tenant, [...fingerprints]], alertRow);
  return new Map(
    rows.map(({ fingerprint, record }) => {
      const severity = severityOfLabels(record.labels) ?? "warning";
      return [fingerprint, { fingerprint, severity, ...record }];
    }),
  );
}

const tenantRow = z.object({ tenant: z.string() });

/** Tenants of whom an incident may be over, having been quiet since then. */
export async function quietTenants(sql: Sql, sinceMs: number): Promise<string[]> {
  return (await sql.query(quietTenantsSql, [new Date(sinceMs)], tenantRow)).map(({ tenant }) => tenant);
}
