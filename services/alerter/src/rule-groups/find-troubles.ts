import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { groupKeyOf } from "./group-id.ts";
import { listGroupStates } from "./group-state-store.ts";
import type { PlatformTrouble } from "./platform-alerts.ts";
import type { CatalogGroup, RuleCatalog, UnreadableFile } from "./rule-catalog.ts";

const listOutagesSql = readFileSync(new URL("./sql/list-outages.sql", import.meta.url), "utf8");

const outageRow = z.object({ tenant: z.string(), since: z.date(), message: z.string(), groups: z.number() });

/** What is wrong with the evaluation of rules, as it was written by whoever evaluates. */
export async function findOutages(sql: Sql): Promise<readonly PlatformTrouble[]> {
  const rows = await sql.query(listOutagesSql, [], outageRow);
  return rows.map(
    ({ tenant, since, message, groups }): PlatformTrouble => ({
      tenant,
      name: "SightlineRulesHaveNoSource",
      labels: {},
      summary: "Rules cannot be evaluated: storage does not answer. All alerts stay as they are.",
      description: `${message} (groups of rules: ${groups})`,
      sinceMs: since.getTime(),
    }),
  );
}

const NOT_EVALUATED = "SightlineRulesNotEvaluated";

/** Of all tenants. */
const maxUnreadableFiles = 1000;

/** Alerts about groups of one tenant; more of them say nothing new. */
const maxLateGroups = 100;

/** After so long without an evaluation somebody has to know of it. */
export function lateAfterMs({ intervalMs }: Pick<CatalogGroup, "intervalMs">): number {
  return Math.max(3 * intervalMs, 60_000);
}

export interface LateOptions {
  readonly catalog: Pick<RuleCatalog, "groups" | "unreadable">;
  readonly nowMs: number;
  /** Since when anybody looks: before that nobody may have been there to evaluate. */
  readonly watchedSinceMs: number;
}

/** The groups that nobody has evaluated, though they are in force, and the files of which nobody knows the groups. */
export async function findLateGroups(
  sql: Sql,
  { catalog, nowMs, watchedSinceMs }: LateOptions,
): Promise<readonly PlatformTrouble[]> {
  const evaluated = new Map((await listGroupStates(sql)).map((row) => [groupKeyOf(row.id), row.evaluatedAtMs]));
  const troubles: PlatformTrouble[] = [];
  const counts = new Map<string, number>();
  for (const group of catalog.groups().values()) {
    const lastMs = evaluated.get(group.key);
    const isLate = (sinceMs: number) => nowMs - sinceMs > lateAfterMs(group);
    const quietSinceMs = lastMs ?? group.sinceMs;
    if (!isLate(quietSinceMs)) continue;
    const count = counts.get(group.id.tenant) ?? 0;
    counts.set(group.id.tenant, count + 1);
    if (count >= maxLateGroups) continue;
    const sinceMs = Math.max(quietSinceMs, watchedSinceMs);
    // Who has begun to look just now cannot tell that it is over.
    troubles.push({ ...lateGroup(group, lastMs), sinceMs, isUncertain: !isLate(sinceMs) });
  }
  return [...troubles, ...catalog.unreadable().slice(0, maxUnreadableFiles).map(unreadableFile)];
}

function lateGroup({ id, intervalMs }: CatalogGroup, lastMs: number | undefined) {
  const { tenant, file, group } = id;
  const last = lastMs === undefined ? "never" : `last at ${new Date(lastMs).toISOString()}`;
  return {
    tenant,
    name: NOT_EVALUATED,
    labels: { rule_file: file, rule_group: group },
    summary: `The rules of group ${group} of ${file} are not evaluated.`,
    description: `It was evaluated ${last}; it has to be each ${intervalMs / 1000} s.`,
  };
}

function unreadableFile({ tenant, file, sinceMs, problem }: UnreadableFile): PlatformTrouble {
  return {
    tenant,
    name: NOT_EVALUATED,
    labels: { rule_file: file },
    summary: `The rules of ${file} are not evaluated: the file cannot be read.`,
    description: `${problem}. What fires stays as it is. Put the file again, or run the version of Sightline that took it.`,
    sinceMs,
  };
}
