import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { groupKeyOf } from "./group-id.ts";
import { listGroupStates } from "./group-state-store.ts";
import type { PlatformTrouble } from "./platform-alerts.ts";
import type { CatalogGroup, RuleCatalog } from "./rule-catalog.ts";

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

/** Alerts about groups of one tenant; more of them say nothing new. */
const maxLateGroups = 100;

/** After so long without an evaluation somebody has to know of it. */
export function lateAfterMs({ intervalMs }: Pick<CatalogGroup, "intervalMs">): number {
  return Math.max(3 * intervalMs, 60_000);
}

export interface LateOptions {
  readonly catalog: RuleCatalog;
  readonly nowMs: number;
  /** Since when anybody looks: before that nobody may have been there to evaluate. */
  readonly watchedSinceMs: number;
}

/** The groups that nobody has evaluated, though they are in force. */
export async function findLateGroups(
  sql: Sql,
  { catalog, nowMs, watchedSinceMs }: LateOptions,
): Promise<readonly PlatformTrouble[]> {
  const evaluated = new Map((await listGroupStates(sql)).map((row) => [groupKeyOf(row.id), row.evaluatedAtMs]));
  const troubles: PlatformTrouble[] = [];
  const counts = new Map<string, number>();
  for (const group of catalog.groups().values()) {
    const lastMs = evaluated.get(group.key);
    const sinceMs = Math.max(lastMs ?? group.sinceMs, watchedSinceMs);
    if (nowMs - sinceMs <= lateAfterMs(group)) continue;
    const count = counts.get(group.id.tenant) ?? 0;
    counts.set(group.id.tenant, count + 1);
    if (count < maxLateGroups) troubles.push(lateGroup(group, lastMs, sinceMs));
  }
  return troubles;
}

function lateGroup({ id, intervalMs }: CatalogGroup, lastMs: number | undefined, sinceMs: number): PlatformTrouble {
  const { tenant, file, group } = id;
  const last = lastMs === undefined ? "never" : `last at ${new Date(lastMs).toISOString()}`;
  return {
    tenant,
    name: "SightlineRulesNotEvaluated",
    labels: { rule_file: file, rule_group: group },
    summary: `The rules of group ${group} of ${file} are not evaluated.`,
    description: `It was evaluated ${last}; it has to be each ${intervalMs / 1000} s.`,
    sinceMs,
  };
}
