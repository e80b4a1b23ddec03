import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";
import { role } from "./users.ts";

const insertSql = readFileSync(new URL("./sql/insert-session.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-session.sql", import.meta.url), "utf8");
const deleteSql = readFileSync(new URL("./sql/delete-session.sql", import.meta.url), "utf8");
const deleteExpiredSql = readFileSync(new URL("./sql/delete-expired-sessions.sql", import.meta.url), "utf8");

const sessionRow = z.object({
  userId: z.string(),
  tenant: z.string(),
  username: z.string(),
  role,
  expiresAt: z.date(),
});
/** Who is logged in. */
export type LoginSession = z.infer<typeof sessionRow>;

export interface NewSession {
  /** SHA-256 of the cookie's value, hex. */
  readonly tokenHash: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

export async function insertSession(sql: Sql, session: NewSession): Promise<void> {
  await sql.execute(insertSql, [session.tokenHash, session.userId, session.expiresAt]);
}

/** The session, unless it is over by then. */
export async function findSession(sql: Sql, tokenHash: string, now: Date): Promise<LoginSession | undefined> {
  const [row] = await sql.query(findSql, [tokenHash, now], sessionRow);
  return row;
}

/** Logs out. Idempotent. */
export async function deleteSession(sql: Sql, tokenHash: string): Promise<void> {
  await sql.execute(deleteSql, [tokenHash]);
}

/** How many were over and are gone. */
export function deleteExpiredSessions(sql: Sql, now: Date): Promise<number> {
  return sql.execute(deleteExpiredSql, [now]);
}
