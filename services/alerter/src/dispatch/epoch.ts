import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";

const takeEpochSql = readFileSync(new URL("./sql/take-epoch.sql", import.meta.url), "utf8");
const holdEpochSql = readFileSync(new URL("./sql/hold-epoch.sql", import.meta.url), "utf8");

const markAliveSql = readFileSync(new URL("./sql/mark-alive.sql", import.meta.url), "utf8");

const epochRow = z.object({ epoch: z.string(), alive_at: z.date().nullable() });
const heldRow = z.object({ held: z.literal(true) });

/** A time in which only one replica dispatches. */
export interface Epoch {
  readonly epoch: string;
  /** When somebody dispatched last before it; undefined: never. */
  readonly aliveAtMs: number | undefined;
}

/** Begins a time in which only the caller dispatches. Whoever did before finds out at its next {@link holdEpoch}. */
export async function takeEpoch(sql: Sql): Promise<Epoch> {
  const [row] = await sql.query(takeEpochSql, [], epochRow);
  if (row === undefined)
    throw new AppError("internal", "cannot begin to dispatch: got no epoch, want the one row of it");
  return { epoch: row.epoch, aliveAtMs: row.alive_at?.getTime() };
}

/** Says that the caller dispatches. */
export async function markAlive(sql: Sql, epoch: string, nowMs: number): Promise<void> {
  await sql.execute(markAliveSql, [epoch, new Date(nowMs)]);
}

/** Makes sure that nobody else has begun to dispatch, and that nobody does until the transaction is over. Throws `cancelled`. */
export async function holdEpoch(tx: Sql, epoch: string): Promise<void> {
  const [row] = await tx.query(holdEpochSql, [epoch], heldRow);
  if (row === undefined) throw new AppError("cancelled", "cannot go on dispatching: another replica has taken over");
}
