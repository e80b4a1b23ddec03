import { readFileSync } from "node:fs";
import type { FiringRecord } from "@sightline/alertmanager/dispatch/firing-times";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const readHistorySql = readFileSync(new URL("./sql/read-history.sql", import.meta.url), "utf8");

/** A decision that says when alerts began to fire or ended, or that a receiver was told of them. */
export interface HistoryRecord extends FiringRecord {
  readonly receiver: string;
}

/** What happened to alerts in a time. */
export interface History {
  /** Oldest first. */
  readonly records: readonly HistoryRecord[];
  /** From when on this is all of it. */
  readonly startMs: number;
  readonly complete: boolean;
}

export interface HistoryQuestion {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** Undefined: of all alerts. */
  readonly fingerprints?: readonly string[] | undefined;
}

/** What is looked at of one question. */
const maxRecords = 200_000;
const maxAlerts = 500_000;
/** So many are looked for one by one. */
const few = 200;

const historyRow = z
  .object({
    decided_at: z.date(),
    step: z.string(),
    reason: z.string(),
    receiver: z.string(),
    fingerprints: z.array(z.string()),
    is_all: z.boolean(),
  })
  .transform(({ decided_at, is_all, ...rest }) => ({ ...rest, atMs: decided_at.getTime(), isAll: is_all }));

/** When alerts fired, and who was told of them. Where there is more than is looked at, it is the newest of it. */
export async function readHistory(sql: Sql, tenant: string, question: HistoryQuestion): Promise<History> {
  const { startMs, endMs, fingerprints } = question;
  const isFew = fingerprints !== undefined && fingerprints.length <= few;
  const [someFew, some] = isFew
    ? [[...fingerprints], null]
    : [null, fingerprints === undefined ? null : [...fingerprints]];
  const params = [tenant, new Date(startMs), new Date(endMs), someFew, some, maxRecords, maxAlerts];
  const records = await sql.query(readHistorySql, params, historyRow);
  const [oldest] = records;
  const complete = oldest?.isAll ?? true;
  return { records, complete, startMs: complete || oldest === undefined ? startMs : oldest.atMs };
}
