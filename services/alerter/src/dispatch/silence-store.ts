import { readFileSync } from "node:fs";
import type { Silence } from "@sightline/alertmanager/silence/silence";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const readSilencesSql = readFileSync(new URL("./sql/read-silences.sql", import.meta.url), "utf8");
const putSilencesSql = readFileSync(new URL("./sql/put-silences.sql", import.meta.url), "utf8");
const raiseSilencesVersionSql = readFileSync(new URL("./sql/raise-silences-version.sql", import.meta.url), "utf8");
const deleteOldSilencesSql = readFileSync(new URL("./sql/delete-old-silences.sql", import.meta.url), "utf8");

const silence = z.object({
  id: z.string(),
  matchers: z.array(z.object({ name: z.string(), operator: z.enum(["=", "!=", "=~", "!~"]), value: z.string() })),
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  updatedAtMs: z.number(),
  createdBy: z.string(),
  comment: z.string(),
  annotations: z.record(z.string(), z.string()),
});

const silenceRow = z.object({ silence }).transform((row): Silence => row.silence);

/** Those of a tenant that are kept, expired ones too, in the order in which they were made. */
export function readSilences(sql: Sql, tenant: string): Promise<Silence[]> {
  return sql.query(readSilencesSql, [tenant], silenceRow);
}

/** Changes a tenant's silences; whoever wants to change them at the same time waits. */
export async function changeSilences(
  sql: Sql,
  tenant: string,
  change: (silences: readonly Silence[]) => readonly Silence[],
): Promise<readonly Silence[]> {
  return sql.transaction(async (tx) => {
    await tx.execute(raiseSilencesVersionSql, [tenant]);
    const kept = await readSilences(tx, tenant);
    const updatedMs = new Map(kept.map(({ id, updatedAtMs }) => [id, updatedAtMs]));
    // Whoever learns of it keeps the newer one, whatever the clocks of two replicas say.
    const changed = change(kept).map((silence) => ({
      ...silence,
      updatedAtMs: Math.max(silence.updatedAtMs, (updatedMs.get(silence.id) ?? 0) + 1),
    }));
    const ids = changed.map(({ id }) => id);
    const ends = changed.map(({ endsAtMs }) => new Date(endsAtMs));
    await tx.execute(putSilencesSql, [tenant, ids, changed.map((one) => JSON.stringify(one)), ends]);
    return changed;
  });
}

/** Forgets silences of all tenants that ended before. */
export function deleteOldSilences(sql: Sql, beforeMs: number): Promise<number> {
  return sql.execute(deleteOldSilencesSql, [new Date(beforeMs)]);
}
