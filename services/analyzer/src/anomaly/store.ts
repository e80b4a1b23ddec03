import { readFileSync } from "node:fs";
import type { TimeRange } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import type { Anomaly } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import { z } from "zod";

const insertSql = readFileSync(new URL("./sql/insert-anomaly.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-anomalies.sql", import.meta.url), "utf8");
const deleteOldSql = readFileSync(new URL("./sql/delete-old-anomalies.sql", import.meta.url), "utf8");

const row = z
  .object({
    event_id: z.string(),
    time_unix_nano: z.string().transform(BigInt),
    metric: z.string(),
    labels: z.record(z.string(), z.string()),
    value: z.number(),
    expected_low: z.number(),
    expected_high: z.number(),
    confidence: z.number(),
    evidence: z.string(),
  })
  .transform(
    (found): Anomaly => ({
      eventId: found.event_id,
      timeUnixNano: found.time_unix_nano,
      metric: found.metric,
      labels: found.labels,
      value: found.value,
      expectedLow: found.expected_low,
      expectedHigh: found.expected_high,
      confidence: found.confidence,
      evidence: found.evidence,
    }),
  );

/** Keeps an anomaly; the same again changes nothing. */
export async function insertAnomaly(sql: Sql, tenant: string, anomaly: Anomaly): Promise<void> {
  const { eventId, timeUnixNano, metric, labels, value, expectedLow, expectedHigh, confidence, evidence } = anomaly;
  await sql.execute(insertSql, [
    tenant,
    eventId,
    timeUnixNano,
    metric,
    JSON.stringify(labels),
    value,
    expectedLow,
    expectedHigh,
    confidence,
    evidence,
  ]);
}

/** Newest first. */
export function listAnomalies(sql: Sql, tenant: string, range: TimeRange, limit: number): Promise<Anomaly[]> {
  return sql.query(listSql, [tenant, range.startUnixNano, range.endUnixNano, limit], row);
}

/** How many were older and are gone. */
export function deleteAnomaliesBefore(sql: Sql, unixNano: bigint): Promise<number> {
  return sql.execute(deleteOldSql, [unixNano]);
}
