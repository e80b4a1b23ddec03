import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import { emptyGroupState, type GroupState } from "@sightline/rules/evaluate/state";
import { z } from "zod";
import { storable } from "../dispatch/storable.ts";
import { type GroupId, groupKeyOf } from "./group-id.ts";
import { storedGroupState } from "./stored-group-state.ts";

const readGroupStatesSql = readFileSync(new URL("./sql/read-group-states.sql", import.meta.url), "utf8");
const putGroupStatesSql = readFileSync(new URL("./sql/put-group-states.sql", import.meta.url), "utf8");
const listGroupStatesSql = readFileSync(new URL("./sql/list-group-states.sql", import.meta.url), "utf8");
const findWrittenStatesSql = readFileSync(new URL("./sql/find-written-states.sql", import.meta.url), "utf8");
const deleteGroupStateSql = readFileSync(new URL("./sql/delete-group-state.sql", import.meta.url), "utf8");

const idRow = { tenant: z.string(), file: z.string(), group_name: z.string() };
const keyRow = z.object(idRow).transform((row) => groupKeyOf(idOf(row)));
const stateRow = z.object({ ...idRow, state: z.unknown() });
const takenRow = z.object({ state: z.unknown() });
const listedRow = z
  .object({ ...idRow, version: z.string().transform(BigInt), evaluated_at: z.date() })
  .transform((row) => ({ id: idOf(row), version: row.version, evaluatedAtMs: row.evaluated_at.getTime() }));

function idOf({ tenant, file, group_name }: { tenant: string; file: string; group_name: string }): GroupId {
  return { tenant, file, group: group_name };
}

/**
 * The states of groups by key; of those that were never evaluated there is none. One that cannot be read, as a newer version has written it,
 * is as good as none, and told.
 */
export async function readGroupStates(
  sql: Sql,
  ids: readonly GroupId[],
  onUnreadable: (id: GroupId) => void,
): Promise<Map<string, GroupState>> {
  const columns = [ids.map(({ tenant }) => tenant), ids.map(({ file }) => file), ids.map(({ group }) => group)];
  const rows = await sql.query(readGroupStatesSql, columns, stateRow);
  return new Map(
    rows.map((row) => {
      const { success, data } = storedGroupState.safeParse(row.state);
      if (!success) onUnreadable(idOf(row));
      return [groupKeyOf(idOf(row)), success ? data : emptyGroupState];
    }),
  );
}

export interface StateWrite {
  readonly id: GroupId;
  /** Of the file that it was evaluated by. */
  readonly version: bigint;
  readonly state: GroupState;
}

/** Keeps states. Answers the keys of the groups that were kept: not those of which somebody knows a newer file. */
export async function putGroupStates(tx: Sql, writes: readonly StateWrite[]): Promise<ReadonlySet<string>> {
  const outages = writes.map(({ state }) => state.outage);
  const params = [
    writes.map(({ id }) => id.tenant),
    writes.map(({ id }) => id.file),
    writes.map(({ id }) => id.group),
    writes.map(({ state }) => stateText(state)),
    writes.map(({ state }) => new Date(state.lastEvaluatedAtMs ?? 0)),
    writes.map(({ version }) => String(version)),
    outages.map((outage) => (outage === undefined ? null : new Date(outage.sinceMs))),
    outages.map((outage) => storable(outage?.message ?? "")),
  ];
  return new Set(await tx.query(putGroupStatesSql, params, keyRow));
}

/** The keys of those groups whose states are kept as they are to be written already. */
export async function findWrittenStates(tx: Sql, writes: readonly StateWrite[]): Promise<ReadonlySet<string>> {
  const params = [
    writes.map(({ id }) => id.tenant),
    writes.map(({ id }) => id.file),
    writes.map(({ id }) => id.group),
    writes.map(({ state }) => stateText(state)),
  ];
  return new Set(await tx.query(findWrittenStatesSql, params, keyRow));
}

/** As Postgres takes it: a NUL or half of a character that came with a label is replaced. */
function stateText(state: GroupState): string {
  const text = JSON.stringify(state);
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return text;
  return JSON.stringify(state, (_, value: unknown) => (typeof value === "string" ? storable(value) : value));
}

/** Which groups were ever evaluated, of all tenants: by which version of their file, and when last. */
export type ListedGroup = z.infer<typeof listedRow>;

export function listGroupStates(sql: Sql): Promise<ListedGroup[]> {
  return sql.query(listGroupStatesSql, [], listedRow);
}

/**
 * Forgets a group, and answers what was known of it; undefined when it was evaluated by another version of its file meanwhile. A state that
 * cannot be read is as good as none, and told.
 */
export async function takeGroupState(
  tx: Sql,
  { id: { tenant, file, group }, version }: Pick<ListedGroup, "id" | "version">,
  onUnreadable: () => void,
): Promise<GroupState | undefined> {
  const [row] = await tx.query(deleteGroupStateSql, [tenant, file, group, String(version)], takenRow);
  if (row === undefined) return undefined;
  const { success, data } = storedGroupState.safeParse(row.state);
  if (!success) onUnreadable();
  return success ? data : emptyGroupState;
}
