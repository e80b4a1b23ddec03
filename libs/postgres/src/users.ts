import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";

const insertUserSql = readFileSync(new URL("./sql/insert-user.sql", import.meta.url), "utf8");
const findUserSql = readFileSync(new URL("./sql/find-user.sql", import.meta.url), "utf8");
const setPasswordSql = readFileSync(new URL("./sql/set-password.sql", import.meta.url), "utf8");
const insertTenantSql = readFileSync(new URL("./sql/insert-tenant.sql", import.meta.url), "utf8");

/** What a person may do, most first. */
export const role = z.enum(["admin", "editor", "viewer"]);
export type Role = z.infer<typeof role>;

const userRow = z.object({
  userId: z.string(),
  tenant: z.string(),
  username: z.string(),
  passwordHash: z.string(),
  role,
});
export type User = z.infer<typeof userRow>;

/** False, and nothing changed, when the name is taken in whatever case. */
export async function insertUser(sql: Sql, user: User): Promise<boolean> {
  const { userId, tenant, username, passwordHash } = user;
  return (await sql.execute(insertUserSql, [userId, tenant, username, passwordHash, user.role])) === 1;
}

/** The user of a name, in whatever case it is written. */
export async function findUser(sql: Sql, username: string): Promise<User | undefined> {
  const [row] = await sql.query(findUserSql, [username], userRow);
  return row;
}

/** False when the tenant has no such user. */
export async function setPassword(
  sql: Sql,
  user: { readonly tenant: string; readonly userId: string; readonly passwordHash: string },
): Promise<boolean> {
  return (await sql.execute(setPasswordSql, [user.tenant, user.userId, user.passwordHash])) === 1;
}

/** Makes a tenant unless it exists. */
export async function ensureTenant(sql: Sql, tenant: string): Promise<void> {
  await sql.execute(insertTenantSql, [tenant]);
}
