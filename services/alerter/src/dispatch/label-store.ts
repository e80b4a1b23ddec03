import { readFileSync } from "node:fs";
import type { Labels } from "@sightline/alertmanager/notification";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import type { Pending } from "./tenant-dispatch.ts";

const putLabelsSql = readFileSync(new URL("./sql/put-labels.sql", import.meta.url), "utf8");
const findLabelsSql = readFileSync(new URL("./sql/find-labels.sql", import.meta.url), "utf8");
const labelsOfSql = readFileSync(new URL("./sql/labels-of.sql", import.meta.url), "utf8");
const pruneLabelsSql = readFileSync(new URL("./sql/prune-labels.sql", import.meta.url), "utf8");

/** An alert that decisions are about. */
export interface LabelledAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
}

const labelsRow = z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) });

/** Keeps the labels of alerts that are new, fire again or ended, as long as it may be asked what was decided about them. */
export async function putLabels(
  tx: Sql,
  tenant: string,
  { changes, decisions }: Pending,
  nowMs: number,
): Promise<void> {
  const received = new Set(
    decisions.filter(({ step }) => step === "received").flatMap(({ fingerprints }) => fingerprints),
  );
  const seen = changes.alerts.changed.filter(({ fingerprint }) => received.has(fingerprint));
  if (seen.length === 0) return;
  const fingerprints = seen.map(({ fingerprint }) => fingerprint);
  const labels = seen.map((alert) => JSON.stringify(alert.labels));
  await tx.execute(putLabelsSql, [tenant, fingerprints, labels, new Date(nowMs)]);
}

/** Alerts that have all of some labels, so many at most. */
export function findLabels(sql: Sql, tenant: string, having: Labels, limit: number): Promise<LabelledAlert[]> {
  return sql.query(findLabelsSql, [tenant, JSON.stringify(having), limit], labelsRow);
}

/** The labels of alerts, by fingerprint; without those that nobody knows any more. */
export async function labelsOf(
  sql: Sql,
  tenant: string,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, Labels>> {
  const rows = await sql.query(labelsOfSql, [tenant, [...fingerprints]], labelsRow);
  return new Map(rows.map(({ fingerprint, labels }) => [fingerprint, labels]));
}

/** Forgets those that were seen before, and of each tenant those beyond so many, the oldest first. */
export async function pruneLabels(sql: Sql, beforeMs: number, maxPerTenant: number): Promise<void> {
  await sql.execute(pruneLabelsSql, [new Date(beforeMs), maxPerTenant]);
}
