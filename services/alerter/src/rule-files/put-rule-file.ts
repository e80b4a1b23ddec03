import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { RuleFileOutcome } from "@sightline/proto/sightline/alert/v1/rule_service";
import { type ParsedRuleFile, parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { ruleFileInfo } from "./rule-file-message.ts";
import { checkRuleFileName } from "./rule-file-name.ts";
import {
  findRuleFile,
  insertRuleFile,
  type Keeping,
  type KeptRuleFile,
  listRuleFiles,
  lockRuleFiles,
  type RuleFileVersion,
} from "./rule-file-store.ts";

/** Bounds of a tenant's rule files. */
export interface RuleFileBounds {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  /** Of all files together. */
  readonly maxRules: number;
  readonly keep: Keeping;
}

export interface ChangeOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly bounds: RuleFileBounds;
}

export interface Change {
  readonly name: string;
  /** What the file is to be; null: it is to be deleted. Made of what it is, while nobody else can change it. */
  sourceOf(current: KeptRuleFile | undefined): string | null;
  readonly author: string;
  /** The version that is changed; 0: one that is not there; undefined: whichever there is. */
  readonly expected: number | undefined;
}

/** What became of a change: a file with problems is not kept. */
export interface Changed {
  readonly version: RuleFileVersion | undefined;
  readonly unchanged: boolean;
  readonly parsed: ParsedRuleFile;
}

const nothing: ParsedRuleFile = { file: { groups: [] }, problems: [], warnings: [] };

/**
 * Changes a file, one after the other with all changes of the tenant's files. Throws failed_precondition when another version is
 * expected, not_found when what is to be deleted is not there, resource_exhausted beyond the bounds.
 */
export async function changeRuleFile(
  { sql, clock, bounds }: ChangeOptions,
  tenant: string,
  change: Change,
): Promise<Changed> {
  checkRuleFileName(change.name);
  return await sql.transaction(async (tx) => {
    await lockRuleFiles(tx, tenant);
    const newest = await findRuleFile(tx, { tenant, name: change.name });
    const current = newest?.deleted === true ? undefined : newest;
    checkExpected(change, newest);
    const source = change.sourceOf(current);
    if (source === null && current === undefined) throw fileNotFound(change.name);
    if (source !== null && source === current?.source) return { version: current, unchanged: true, parsed: nothing };
    const parsed = source === null ? nothing : checkRuleFile(source, bounds);
    if (parsed.problems.length > 0) return { version: undefined, unchanged: false, parsed };
    const rules = countRules(parsed);
    if (source !== null) await assertRoom(tx, tenant, { name: change.name, rules, bounds });
    const { name, author } = change;
    const counts = { groups: parsed.file.groups.length, rules };
    const kept = { name, author, source: source ?? "", ...counts, nowMs: clock(), deleted: source === null };
    const version = await insertRuleFile(tx, tenant, { change: kept, keep: bounds.keep });
    return { version, unchanged: false, parsed };
  });
}

/** What is to be said of a file's text. Throws invalid_argument for one that is too long. */
export function checkRuleFile(source: string, { maxFileBytes }: RuleFileBounds): ParsedRuleFile {
  const bytes = Buffer.byteLength(source);
  if (bytes > maxFileBytes) {
    throw invalid(`cannot keep the rule file: got ${bytes} bytes, want at most ${maxFileBytes}`);
  }
  const nul = source.indexOf("\u0000");
  if (nul === -1) return parseRuleFile(source);
  // Postgres keeps none, and YAML allows none.
  const before = source.slice(0, nul).split("\n");
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return { ...nothing, problems: [{ place, message: "cannot read YAML: got the character U+0000" }] };
}

/** What became of a file, as it is told. */
export function outcomeOf({ version, unchanged, parsed }: Changed): RuleFileOutcome {
  return {
    info: version === undefined ? undefined : ruleFileInfo(version),
    unchanged,
    problems: parsed.problems.map(({ place, message }) => ({ ...place, message })),
    warnings: [...parsed.warnings],
    groups: version?.groups ?? parsed.file.groups.length,
    rules: version?.rules ?? countRules(parsed),
  };
}

/** There is no file of that name. */
export function fileNotFound(name: string, version = 0): AppError {
  const what = version === 0 ? "there is none of that name" : `version ${version} is not kept`;
  return new AppError("not_found", `cannot find rule file ${JSON.stringify(name.slice(0, 255))}: ${what}`);
}

function countRules({ file }: ParsedRuleFile): number {
  return file.groups.reduce((sum, { rules }) => sum + rules.length, 0);
}

function checkExpected({ name, expected }: Change, newest: KeptRuleFile | undefined): void {
  const current = newest === undefined || newest.deleted ? 0 : newest.version;
  if (expected === undefined || expected === current) return;
  const by = newest === undefined ? "" : ` by ${newest.author} at ${newest.createdAt.toISOString()}`;
  const found = current === 0 ? "it is not there" : `it is version ${current}`;
  const done = newest === undefined ? "" : `, ${newest.deleted ? "deleted" : "put"}${by}`;
  throw new AppError(
    "failed_precondition",
    `cannot change rule file ${JSON.stringify(name)}: got ${expected === 0 ? "a new file" : `version ${expected}`} to change, but ${found}${done}`,
  );
}

interface Addition {
  readonly name: string;
  readonly rules: number;
  readonly bounds: RuleFileBounds;
}

async function assertRoom(tx: Sql, tenant: string, { name, rules, bounds }: Addition): Promise<void> {
  const others = (await listRuleFiles(tx, tenant)).filter((file) => file.name !== name);
  if (others.length >= bounds.maxFiles) {
    throw new AppError(
      "resource_exhausted",
      `cannot keep rule file ${JSON.stringify(name)}: got ${others.length} files already, want at most ${bounds.maxFiles}`,
    );
  }
  const total = rules + others.reduce((sum, file) => sum + file.rules, 0);
  if (total <= bounds.maxRules) return;
  throw new AppError(
    "resource_exhausted",
    `cannot keep rule file ${JSON.stringify(name)}: got ${rules} rules in it, ${total} with all other files, want at most ${bounds.maxRules}`,
  );
}
