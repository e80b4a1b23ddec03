import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { z } from "zod";
import { floorTo, HOUR } from "./spans.ts";

const findLateSql = readFileSync(new URL("./sql/find-late.sql", import.meta.url), "utf8");
const recordLateSql = readFileSync(new URL("./sql/record-late.sql", import.meta.url), "utf8");

const lateRow = z.object({ tenant: z.string(), bucketSeconds: z.number(), arrivedMs: z.coerce.number() });

/** A tenant's bucket of five minutes for which samples came after it was rolled up, and when the newest of them did. */
export type LateBucket = z.infer<typeof lateRow>;

/** Samples that go on coming late are waited for as long … */
const QUIET_MS = 60_000;
/** … but no longer than this. */
const DUE_MS = 900_000;
/** What came so long before its bucket was closed may not have been seen by that. */
const MARGIN_MS = 30_000;
const MAX_BUCKETS = 2000;

export interface LateQuestion {
  readonly source: string;
  /** Up to where it is rolled up, seconds since the Unix epoch. */
  readonly until: number;
  readonly delayMs: number;
  readonly nowMs: number;
}

/** The buckets that are to be rolled up again, the oldest first, by the hour that they are in. */
export async function findLate(
  clickhouse: ClickHouse,
  { source, until, delayMs, nowMs }: LateQuestion,
  signal: AbortSignal,
): Promise<Map<number, LateBucket[]>> {
  const params = {
    source,
    until,
    closedAfterMs: Math.max(0, delayMs - MARGIN_MS),
    quietMs: nowMs - QUIET_MS,
    dueMs: nowMs - DUE_MS,
    limit: MAX_BUCKETS,
  };
  const rows = await clickhouse.query(findLateSql, params, { schema: lateRow, signal });
  return Map.groupBy(rows, ({ bucketSeconds }) => floorTo(HOUR, bucketSeconds));
}

/** Writes down that what had come by then is rolled up. */
export async function recordLate(
  clickhouse: ClickHouse,
  source: string,
  { late, signal }: { readonly late: readonly LateBucket[]; readonly signal: AbortSignal },
): Promise<void> {
  const params = {
    source,
    tenants: late.map(({ tenant }) => tenant),
    buckets: late.map(({ bucketSeconds }) => bucketSeconds),
    arrived: late.map(({ arrivedMs }) => arrivedMs),
  };
  await clickhouse.command(recordLateSql, params, { signal });
}
