import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { nanosOfMs } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import type { Revision as RevisionMessage } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { z } from "zod";

const listSql = readFileSync(new URL("./sql/list-revisions.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-revision.sql", import.meta.url), "utf8");
const betweenSql = readFileSync(new URL("./sql/list-revisions-between.sql", import.meta.url), "utf8");
const lockSql = readFileSync(new URL("./sql/lock-oncall.sql", import.meta.url), "utf8");
const insertSql = readFileSync(new URL("./sql/insert-revision.sql", import.meta.url), "utf8");
const pruneSql = readFileSync(new URL("./sql/prune-revisions.sql", import.meta.url), "utf8");

/** What is kept in versions. */
export type DocumentKind = "schedule" | "policy" | "contacts";

const revisionRow = z
  .object({
    name: z.string(),
    revision: z.number(),
    definition: z.instanceof(Buffer).nullable(),
    changed_at: z.date(),
    changed_by: z.string(),
  })
  .transform(({ changed_at, changed_by, ...row }) => ({
    ...row,
    changedMs: changed_at.getTime(),
    changedBy: changed_by,
  }));

/** One version; its definition is null when it is the deletion. */
export type Revision = Readonly<z.infer<typeof revisionRow>>;

/** One that is no deletion. */
export type Kept = Revision & { readonly definition: Buffer };

/** After every change there will be: what is in force now, whatever the clocks of replicas say. */
export const AS_IT_IS_MS = Date.UTC(9999, 0);

/** Everything of a kind that was in force at a moment, by name. */
export async function listKept(
  sql: Sql,
  { tenant, kind, asOfMs }: { readonly tenant: string; readonly kind: DocumentKind; readonly asOfMs: number },
): Promise<Kept[]> {
  return (await sql.query(listSql, [tenant, kind, new Date(asOfMs)], revisionRow)).filter(isKept);
}

/** What one is called by. */
export interface DocumentName {
  readonly tenant: string;
  readonly kind: DocumentKind;
  readonly name: string;
}

/** What was in force at a moment; undefined when there was none. */
export async function findKept(sql: Sql, of: DocumentName, asOfMs: number): Promise<Kept | undefined> {
  const newest = await findNewest(sql, of, asOfMs);
  return newest !== undefined && isKept(newest) ? newest : undefined;
}

/** The versions in force at some moment from one until before another, oldest first, deletions too. */
export function listBetween(
  sql: Sql,
  { tenant, kind, name }: DocumentName,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Promise<Revision[]> {
  return sql.query(betweenSql, [tenant, kind, name, new Date(startMs), new Date(endMs)], revisionRow);
}

/** Changes of a tenant's come one after the other until the transaction ends. */
export async function lockChanges(tx: Sql, tenant: string): Promise<void> {
  await tx.execute(lockSql, [tenant]);
}

export interface Change {
  /** Null: it is deleted. */
  readonly definition: Uint8Array | null;
  /** The revision that was changed; 0: whichever there is. */
  readonly expected: number;
  readonly nowMs: number;
  readonly by: string;
}

/**
 * Keeps a new version, unless it says what the newest one says. `lockChanges` comes before it. Throws
 * failed_precondition when another one is expected, not_found when what is to be deleted is not there.
 */
export async function keep(tx: Sql, of: DocumentName, change: Change): Promise<Revision> {
  const newest = await findNewest(tx, of, AS_IT_IS_MS);
  const current = newest !== undefined && isKept(newest) ? newest : undefined;
  if (change.expected !== 0 && change.expected !== current?.revision) {
    throw new AppError(
      "failed_precondition",
      `cannot keep ${of.kind} ${of.name}: revision: got ${change.expected}, ` +
        `want ${current?.revision ?? "none, since it is not there"}: somebody else has changed it`,
    );
  }
  if (change.definition === null && current === undefined) throw documentNotFound(of);
  if (current !== undefined && change.definition !== null && current.definition.equals(change.definition))
    return current;
  const revision = {
    name: of.name,
    revision: (newest?.revision ?? 0) + 1,
    definition: change.definition === null ? null : Buffer.from(change.definition),
    changedMs: Math.max(change.nowMs, (newest?.changedMs ?? 0) + 1),
    changedBy: change.by,
  };
  const { name, definition, changedMs, changedBy } = revision;
  const params = [of.tenant, of.kind, name, revision.revision, definition, new Date(changedMs), changedBy];
  await tx.execute(insertSql, params);
  return revision;
}

/** Of how many versions of each it can be told who was on call by them, however old they are. */
const MAX_OLD_REVISIONS = 100;

/**
 * Forgets versions of all tenants that were not in force any more at a time, but the newest ones of what there is. What was decided since
 * then can be told from those that stay.
 */
export async function pruneRevisions(sql: Sql, beforeMs: number, maxOld = MAX_OLD_REVISIONS): Promise<void> {
  await sql.execute(pruneSql, [new Date(beforeMs), maxOld]);
}

export function documentNotFound({ kind, name }: Pick<DocumentName, "kind" | "name">): AppError {
  return new AppError(
    "not_found",
    `cannot find ${kind} ${JSON.stringify(name.slice(0, 128))}: there is none of that name`,
  );
}

export function revisionToMessage({ revision, changedMs, changedBy }: Revision): RevisionMessage {
  return { revision, changedUnixNano: nanosOfMs(changedMs), changedBy };
}

async function findNewest(sql: Sql, of: DocumentName, asOfMs: number): Promise<Revision | undefined> {
  const [row] = await sql.query(findSql, [of.tenant, of.kind, of.name, new Date(asOfMs)], revisionRow);
  return row;
}

function isKept(revision: Revision): revision is Kept {
  return revision.definition !== null;
}
