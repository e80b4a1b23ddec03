import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";

const listSql = readFileSync(new URL("./sql/list-seals.sql", import.meta.url), "utf8");
const giveUpSql = readFileSync(new URL("./sql/give-up-key.sql", import.meta.url), "utf8");
const takeBackSql = readFileSync(new URL("./sql/take-back-keys.sql", import.meta.url), "utf8");

/** What is kept sealed: the alertmanager.yml in force, versions before it, what inbound sources sign with, and channels that rules name. */
export const SEALED_KINDS = ["configuration", "older configuration", "inbound secret", "channel"] as const;

const sealsRow = z
  .object({
    key: z.string(),
    kind: z.enum(SEALED_KINDS),
    count: z.number(),
    tenants: z.array(z.string()),
    given_up_at: z.date().nullable(),
  })
  .transform(({ given_up_at, ...row }) => ({ ...row, givenUpAt: given_up_at }));

/** What of one kind lies under one key, of all tenants; the key "" is that of what lies open. */
export type Seals = Readonly<z.infer<typeof sealsRow>>;

/** What is sealed by which key. */
export function listSeals(sql: Sql): Promise<Seals[]> {
  return sql.query(listSql, [], sealsRow);
}

/** Has nobody wait any more for what a key has sealed. False when that was said before. */
export async function giveUpKey(sql: Sql, key: string, nowMs: number): Promise<boolean> {
  return (await sql.execute(giveUpSql, [key, new Date(nowMs)])) > 0;
}

/** Keys that are there are not lost. */
export async function takeBackKeys(sql: Sql, keys: readonly string[]): Promise<void> {
  await sql.execute(takeBackSql, [[...keys]]);
}
