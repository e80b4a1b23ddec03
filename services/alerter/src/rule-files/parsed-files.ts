import { setImmediate } from "node:timers/promises";
import type { Sql } from "@sightline/postgres/pool";
import { type GroupPlan, planGroup } from "@sightline/rules/evaluate/plan";
import { formatFileProblem, parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import type { RuleGroup } from "@sightline/rules/file/rule-file";
import { listRuleFiles, type RuleSource, readRuleSources } from "./rule-file-store.ts";

/** A group of a file that is in force. */
export interface GroupInForce {
  readonly file: string;
  readonly group: RuleGroup;
  /** What its rules are known by; made when it is asked for first. */
  plan(): GroupPlan;
  /** Why it is not evaluated: it stands for all groups of a file that this version cannot read. */
  readonly problem?: string;
}

/** The groups of tenants' files as they are in force at the moment they are asked for. */
export interface ParsedFiles {
  /** In the order of files and groups (rules/manager.go, RuleGroups). */
  groupsOf(tenant: string): Promise<readonly GroupInForce[]>;
}

export interface ParsedFilesOptions {
  readonly sql: Sql;
  /** How much text of files is remembered as it was read. */
  readonly maxRememberedBytes: number;
}

interface Remembered {
  readonly bytes: number;
  readonly groups: readonly GroupInForce[];
}

/** Remembers files as it has read them, as long as they are in force: those of tenants that ask. */
export function createParsedFiles({ sql, maxRememberedBytes }: ParsedFilesOptions): ParsedFiles {
  /** The one that was asked for last is the last. */
  const remembered = new Map<string, Remembered>();
  let bytes = 0;
  const forget = (key: string) => {
    bytes -= remembered.get(key)?.bytes ?? 0;
    remembered.delete(key);
  };
  const remember = (key: string, file: Remembered) => {
    forget(key);
    remembered.set(key, file);
    bytes += file.bytes;
    for (const oldest of remembered.keys()) {
      if (bytes <= maxRememberedBytes) break;
      forget(oldest);
    }
  };
  return {
    async groupsOf(tenant) {
      const files = await listRuleFiles(sql, tenant);
      const keyOf = ({ name, version }: Pick<RuleSource, "name" | "version">) =>
        JSON.stringify([tenant, version, name]);
      const known = new Map(files.map((file) => [file.name, remembered.get(keyOf(file))]));
      const missing = files.filter(({ name }) => known.get(name) === undefined);
      const sources =
        missing.length === 0
          ? []
          : await readRuleSources(
              sql,
              tenant,
              missing.map(({ name }) => name),
            );
      for (const one of sources) {
        known.set(one.name, { bytes: one.source.length, groups: groupsIn(one) });
        // A long file takes a while; all else that is due comes between two.
        await setImmediate();
      }
      for (const file of files) {
        const found = known.get(file.name);
        if (found !== undefined) remember(keyOf(file), found);
      }
      return files.flatMap(({ name }) => known.get(name)?.groups ?? []);
    },
  };
}

/** Of a file that was checked when it was put, by this version or another one: of one that cannot be read that is all there is to say. */
function groupsIn({ name, source }: RuleSource): readonly GroupInForce[] {
  const { file, problems } = parseRuleFile(source);
  const [problem] = problems;
  if (problem !== undefined) return unreadableGroups(name, formatFileProblem(name, problem));
  const found = file.groups.map((group) => ({ file: name, group, plan: planOnce(group) }));
  return found.sort((a, b) => compareText(a.group.name, b.group.name));
}

function planOnce(group: RuleGroup): () => GroupPlan {
  let plan: GroupPlan | undefined;
  return () => {
    plan ??= planGroup(group);
    return plan;
  };
}

/** One rule that fails, where everybody looks for rules that do. */
const unreadable = parseRuleFile(
  "groups: [{ name: unreadable, rules: [{ alert: SightlineRulesNotEvaluated, expr: vector(1) }] }]",
).file.groups;

function unreadableGroups(file: string, problem: string): readonly GroupInForce[] {
  return unreadable.map((group) => ({ file, group: { ...group, name: file }, plan: planOnce(group), problem }));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
