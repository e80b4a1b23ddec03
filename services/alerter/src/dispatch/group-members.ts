import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const groupMembersSql = readFileSync(new URL("./sql/group-members.sql", import.meta.url), "utf8");

const groupRow = z.object({ group_key: z.string(), members: z.array(z.string()) });

/** The fingerprints of the alerts of groups as they were written last, by the group's key. Two routes may have groups of the same key. */
export async function groupMembers(
  sql: Sql,
  tenant: string,
  groupKeys: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const members = new Map<string, Set<string>>();
  if (groupKeys.length === 0) return members;
  for (const row of await sql.query(groupMembersSql, [tenant, [...groupKeys]], groupRow)) {
    members.set(row.group_key, new Set([...(members.get(row.group_key) ?? []), ...row.members]));
  }
  return members;
}
