import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const lockSql = readFileSync(new URL("./sql/lock-rule-files.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-rule-files.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-rule-file.sql", import.meta.url), "utf8");
const versionsSql = readFileSync(new URL("./sql/list-rule-file-versions.sql", import.meta.url), "utf8");
const sourcesSql = readFileSync(new URL("./sql/read-rule-sources.sql", import.meta.url), "utf8");
const insertSql = readFileSync(new URL("./sql/insert-rule-file.sql", import.meta.url), "utf8");
const pruneSql = readFileSync(new URL("./sql/prune-rule-files.sql", import.meta.url), "utf8");

const version = z.string().transform(Number);
const storedRow = z.object({
  name: z.string(),
  version,
  group_count: z.number(),
  rule_count: z.number(),
  bytes: z.number(),
  author: z.string(),
  created_at: z.date(),
  deleted: z.boolean(),
});
const fileRow = storedRow.transform(fileOf);
const fileWithSourceRow = storedRow
  .extend({ source: z.string() })
  .transform((row): KeptRuleFile => ({ ...fileOf(row), source: row.source }));
const sourceRow = z.object({ name: z.string(), version, source: z.string() });

/** One version of a file, without its text. */
export interface RuleFileVersion {
  readonly name: string;
  readonly version: number;
  readonly groups: number;
  readonly rules: number;
  readonly bytes: number;
  readonly author: string;
  readonly createdAt: Date;
  /** It says that the file was deleted. */
  readonly deleted: boolean;
}

export interface KeptRuleFile extends RuleFileVersion {
  readonly source: string;
}

function fileOf(row: z.output<typeof storedRow>): RuleFileVersion {
  const { group_count, rule_count, created_at, name, version: number, bytes, author, deleted } = row;
  const counts = { groups: group_count, rules: rule_count, bytes };
  return { name, version: number, ...counts, author, createdAt: created_at, deleted };
}

/** Changes of a tenant's rule files come one after the other until the transaction ends. */
export async function lockRuleFiles(tx: Sql, tenant: string): Promise<void> {
  await tx.execute(lockSql, [tenant]);
}

/** The files in force, by name. */
export function listRuleFiles(sql: Sql, tenant: string): Promise<RuleFileVersion[]> {
  return sql.query(listSql, [tenant], fileRow);
}

/** What is called so; of its versions the newest, also when it says that the file was deleted, unless another one is asked for. */
export async function findRuleFile(
  sql: Sql,
  { tenant, name, version: wanted = 0 }: { readonly tenant: string; readonly name: string; readonly version?: number },
): Promise<KeptRuleFile | undefined> {
  const [found] = await sql.query(findSql, [tenant, name, wanted], fileWithSourceRow);
  return found;
}

/** The versions that are kept of a file, newest first. */
export function listRuleFileVersions(sql: Sql, tenant: string, name: string): Promise<RuleFileVersion[]> {
  return sql.query(versionsSql, [tenant, name], fileRow);
}

/** The text of a file in force. */
export type RuleSource = Readonly<z.infer<typeof sourceRow>>;

/** The texts of those files of the given names that are in force, in no order. */
export function readRuleSources(sql: Sql, tenant: string, names: readonly string[]): Promise<RuleSource[]> {
  return sql.query(sourcesSql, [tenant, names], sourceRow);
}

export interface NewVersion extends Pick<RuleFileVersion, "name" | "groups" | "rules" | "author" | "deleted"> {
  readonly source: string;
  readonly nowMs: number;
}

export interface Keeping {
  /** Versions of each file. */
  readonly versions: number;
  /** Files that were deleted. */
  readonly deletedFiles: number;
}

/** Keeps a new version, which is in force, and forgets those that are too many. `lockRuleFiles` comes before it. */
export async function insertRuleFile(
  tx: Sql,
  tenant: string,
  { change, keep }: { readonly change: NewVersion; readonly keep: Keeping },
): Promise<RuleFileVersion> {
  const { name, source, groups, rules, author, nowMs, deleted } = change;
  const params = [tenant, name, source, groups, rules, author, new Date(nowMs), deleted];
  const [row] = await tx.query(insertSql, params, fileRow);
  if (row === undefined) throw new AppError("internal", "cannot keep the rule file: got no version back");
  await tx.execute(pruneSql, [tenant, name, keep.versions, keep.deletedFiles]);
  return row;
}
