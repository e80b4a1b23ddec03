import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Sql } from "@sightline/postgres/pool";
import { type GroupPlan, planGroup } from "@sightline/rules/evaluate/plan";
import { formatFileProblem, parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import type { RuleGroup } from "@sightline/rules/file/rule-file";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import { EVENT_SHARD, type GroupId, groupKeyOf, shardOf } from "./group-id.ts";

const listRuleVersionsSql = readFileSync(new URL("./sql/list-rule-versions.sql", import.meta.url), "utf8");
const readRuleFilesSql = readFileSync(new URL("./sql/read-rule-files.sql", import.meta.url), "utf8");

/** A group of a rule file that is in force. The same object as long as its file stays as it is. */
export interface CatalogGroup {
  readonly id: GroupId;
  readonly key: string;
  readonly shard: number;
  /** As its file has it. */
  readonly group: RuleGroup;
  readonly intervalMs: number;
  /** Of the file. */
  readonly version: bigint;
  /** Since when the file is as it is. */
  readonly sinceMs: number;
  /** Ready to be evaluated; made when it is asked for first. */
  plan(): GroupPlan;
}

/** A file that is in force and says nothing to this version: it was put by another one. Nobody knows which groups it has. */
export interface UnreadableFile {
  readonly tenant: string;
  readonly file: string;
  /** Since when the file is as it is. */
  readonly sinceMs: number;
  /** What is wrong with it, first of all. */
  readonly problem: string;
}

/** A file in force. */
export interface CatalogFile {
  readonly name: string;
  /** In the order of the file. Of one that cannot be read, those that were known before. */
  readonly groups: readonly CatalogGroup[];
  readonly unreadable?: UnreadableFile;
}

/** All groups of all tenants: where every file is read, once. */
export interface RuleCatalog {
  /** Looks for what has changed. Resolves to whether anything has. Rejects when Postgres does not answer, and knows what it knew. */
  refresh(): Promise<boolean>;
  groups(): ReadonlyMap<string, CatalogGroup>;
  /** The files of a tenant, in no order. */
  filesOf(tenant: string): readonly CatalogFile[];
  /** Files of which the groups are unknown, but for those that were known before: these go on as they are. */
  unreadable(): readonly UnreadableFile[];
}

export interface RuleCatalogOptions {
  readonly sql: Sql;
  /** Of groups that say none. */
  readonly defaultIntervalMs: number;
  /** Of groups that say none. */
  readonly defaultQueryOffsetMs: number;
  /** Alerts or series that one rule can come to; a group may say fewer. */
  readonly maxSeries: number;
  readonly log: Logger;
}

const version = z.string().transform(BigInt);
const versionRow = z.object({ tenant: z.string(), version });
const fileRow = z.object({ name: z.string(), version, created_at: z.date(), source: z.string().nullable() });
type FileRow = z.infer<typeof fileRow>;

interface KnownFile extends CatalogFile {
  readonly version: bigint;
}

interface KnownTenant {
  readonly version: bigint;
  readonly files: ReadonlyMap<string, KnownFile>;
}

/** Makes one that knows nothing yet. */
export function createRuleCatalog(options: RuleCatalogOptions): RuleCatalog {
  const { sql } = options;
  const tenants = new Map<string, KnownTenant>();
  let groups: ReadonlyMap<string, CatalogGroup> = new Map();
  let unreadable: readonly UnreadableFile[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const readTenant = async (tenant: string, known: KnownTenant | undefined, now: bigint): Promise<void> => {
    const files = [...(known?.files ?? [])];
    const names = files.map(([name]) => name);
    const versions = files.map(([, file]) => String(file.version));
    const rows = await sql.query(readRuleFilesSql, [tenant, names, versions], fileRow);
    const read: [string, KnownFile][] = [];
    for (const row of rows) {
      read.push([row.name, readFile(tenant, row, known, options)]);
      // A long file takes a while; all else that is due comes between two.
      if (row.source !== null) await setImmediate();
    }
    tenants.set(tenant, { version: now, files: new Map(read) });
  };

  const look = async (): Promise<boolean> => {
    const now = new Map((await sql.query(listRuleVersionsSql, [], versionRow)).map((row) => [row.tenant, row.version]));
    const gone = [...tenants.keys()].filter((tenant) => !now.has(tenant));
    const changed = [...now].filter(([tenant, latest]) => tenants.get(tenant)?.version !== latest);
    if (gone.length + changed.length === 0) return false;
    for (const tenant of gone) tenants.delete(tenant);
    for (const [tenant, latest] of changed) await readTenant(tenant, tenants.get(tenant), latest);
    const files = [...tenants.values()].flatMap((known) => [...known.files.values()]);
    groups = new Map(files.flatMap((file) => file.groups.map((group) => [group.key, group] as const)));
    unreadable = files.flatMap((file) => file.unreadable ?? []);
    return true;
  };

  return {
    refresh() {
      // One after the other: what was read first must not be taken over last.
      const looked = last.then(look);
      last = looked.catch(() => undefined);
      return looked;
    },
    groups: () => groups,
    filesOf: (tenant) => [...(tenants.get(tenant)?.files.values() ?? [])],
    unreadable: () => unreadable,
  };
}

/** What cannot be read, though it was checked when it was put, leaves the groups as they were. */
function readFile(
  tenant: string,
  { name, version: latest, created_at, source }: FileRow,
  known: KnownTenant | undefined,
  { defaultIntervalMs, defaultQueryOffsetMs, maxSeries, log }: RuleCatalogOptions,
): KnownFile {
  const before = known?.files.get(name);
  if (source === null) return before ?? { name, version: latest, groups: [] };
  const { file, problems } = parseRuleFile(source);
  const [problem] = problems;
  if (problem !== undefined) {
    const unreadable = { tenant, file: name, sinceMs: created_at.getTime(), problem: formatFileProblem(name, problem) };
    log.error(unreadable, "a rule file cannot be read");
    return { name, version: latest, groups: before?.groups ?? [], unreadable };
  }
  const common = { version: latest, sinceMs: created_at.getTime() };
  const groups = file.groups.map((group): CatalogGroup => {
    const id = { tenant, file: name, group: group.name };
    const shard = seesEvents(group) ? EVENT_SHARD : shardOf(id);
    const intervalMs = Math.max(MIN_INTERVAL_MS, group.intervalMs ?? defaultIntervalMs);
    let plan: GroupPlan | undefined;
    const { queryOffsetMs = defaultQueryOffsetMs } = group;
    const makePlan = () => {
      plan ??= planGroup({ ...group, queryOffsetMs, limit: Math.min(group.limit || maxSeries, maxSeries) });
      return plan;
    };
    return { ...common, id, group, key: groupKeyOf(id), shard, intervalMs, plan: makePlan };
  });
  return { name, version: latest, groups };
}

const MIN_INTERVAL_MS = 1000;

function seesEvents({ rules }: RuleGroup): boolean {
  return rules.some(
    (rule) => rule.kind === "alerting" && (rule.source.kind === "events" || rule.source.kind === "anomaly"),
  );
}
