import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import type { Override } from "@sightline/oncall/schedule/schedule";
import type { Sql } from "@sightline/postgres/pool";
import type { Override as OverrideMessage } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { z } from "zod";

const listSql = readFileSync(new URL("./sql/list-overrides.sql", import.meta.url), "utf8");
const betweenSql = readFileSync(new URL("./sql/list-overrides-between.sql", import.meta.url), "utf8");
const insertSql = readFileSync(new URL("./sql/insert-override.sql", import.meta.url), "utf8");
const removeSql = readFileSync(new URL("./sql/remove-override.sql", import.meta.url), "utf8");
const removeAllSql = readFileSync(new URL("./sql/remove-overrides.sql", import.meta.url), "utf8");
const pruneSql = readFileSync(new URL("./sql/prune-overrides.sql", import.meta.url), "utf8");
const countSql = readFileSync(new URL("./sql/count-overrides.sql", import.meta.url), "utf8");

const overrideRow = z
  .object({
    override_id: z.string(),
    schedule: z.string(),
    username: z.string(),
    start_at: z.date(),
    end_at: z.date(),
    note: z.string(),
    created_at: z.date(),
    created_by: z.string(),
    removed_at: z.date().nullable(),
  })
  .transform((row) => ({
    schedule: row.schedule,
    override: {
      overrideId: row.override_id,
      user: row.username,
      startMs: row.start_at.getTime(),
      endMs: row.end_at.getTime(),
    } satisfies Override,
    note: row.note,
    createdMs: row.created_at.getTime(),
    createdBy: row.created_by,
    /** Undefined: it is in force. */
    removedMs: row.removed_at?.getTime(),
  }));

/** An override as it is kept, with its schedule. */
export type KeptOverride = Readonly<z.infer<typeof overrideRow>>;

export interface OverrideQuery {
  readonly tenant: string;
  /** Undefined: of all. */
  readonly schedule?: string;
  /** In force at that moment. */
  readonly asOfMs: number;
  /** Only those that end later. */
  readonly endAfterMs: number;
}

/** In the order in which they were made. */
export function listOverrides(sql: Sql, query: OverrideQuery): Promise<KeptOverride[]> {
  const { tenant, schedule = "", asOfMs, endAfterMs } = query;
  return sql.query(listSql, [tenant, schedule, new Date(asOfMs), new Date(endAfterMs)], overrideRow);
}

/** Those that put somebody on call at some moment from one until before another, removed ones too. */
export function listOverridesBetween(
  sql: Sql,
  { tenant, schedule }: { readonly tenant: string; readonly schedule: string },
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Promise<KeptOverride[]> {
  return sql.query(betweenSql, [tenant, schedule, new Date(startMs), new Date(endMs)], overrideRow);
}

/** How many are in force that are not over. */
export async function countOverrides(
  sql: Sql,
  { tenant, schedule, nowMs }: { readonly tenant: string; readonly schedule: string; readonly nowMs: number },
): Promise<number> {
  const [row] = await sql.query(countSql, [tenant, schedule, new Date(nowMs)], z.object({ count: z.number() }));
  return row?.count ?? 0;
}

export async function insertOverride(sql: Sql, tenant: string, kept: KeptOverride): Promise<void> {
  const { schedule, override, note, createdMs, createdBy } = kept;
  const { overrideId, user, startMs, endMs } = override;
  const times = [new Date(startMs), new Date(endMs), note, new Date(createdMs)];
  await sql.execute(insertSql, [tenant, overrideId, schedule, user, ...times, createdBy]);
}

export interface Removal {
  readonly tenant: string;
  readonly schedule: string;
  readonly nowMs: number;
  readonly by: string;
}

/** Throws not_found when there is none of that id in force. */
export async function removeOverride(sql: Sql, overrideId: string, removal: Removal): Promise<void> {
  const { tenant, schedule, nowMs, by } = removal;
  if ((await sql.execute(removeSql, [tenant, schedule, overrideId, new Date(nowMs), by])) > 0) return;
  throw new AppError("not_found", `cannot find override ${overrideId} of ${schedule}: there is none of that id`);
}

/** All of a schedule. */
export async function removeOverrides(sql: Sql, { tenant, schedule, nowMs, by }: Removal): Promise<void> {
  await sql.execute(removeAllSql, [tenant, schedule, new Date(nowMs), by]);
}

export function overrideToMessage({ override, note, createdBy, createdMs }: KeptOverride): OverrideMessage {
  return {
    overrideId: override.overrideId,
    user: override.user,
    startUnixNano: nanosOfMs(override.startMs),
    endUnixNano: nanosOfMs(override.endMs),
    note,
    createdBy,
    createdUnixNano: nanosOfMs(createdMs),
  };
}

/** Of as many that are over or were removed of each schedule it can be told who was on call by them. */
const MAX_OLD_OVERRIDES = 5000;

export interface PruneOverrides {
  /** Those that were gone before are forgotten. */
  readonly beforeMs: number;
  readonly nowMs: number;
  readonly maxOld?: number;
}

/** Forgets those of all tenants that put nobody on call any more since a time, and of the others that do not so that a bound is kept. */
export async function pruneOverrides(
  sql: Sql,
  { beforeMs, nowMs, maxOld = MAX_OLD_OVERRIDES }: PruneOverrides,
): Promise<void> {
  await sql.execute(pruneSql, [new Date(beforeMs), new Date(nowMs), maxOld]);
}
