import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Sql } from "./pool.ts";

const findSql = readFileSync(new URL("./sql/find-api-key.sql", import.meta.url), "utf8");
const insertSql = readFileSync(new URL("./sql/insert-api-key.sql", import.meta.url), "utf8");
const ensureSql = readFileSync(new URL("./sql/ensure-api-key.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-api-keys.sql", import.meta.url), "utf8");
const revokeSql = readFileSync(new URL("./sql/revoke-api-key.sql", import.meta.url), "utf8");
const lockNameSql = readFileSync(new URL("./sql/lock-api-key-name.sql", import.meta.url), "utf8");
const revokeNamedSql = readFileSync(new URL("./sql/revoke-api-keys-named.sql", import.meta.url), "utf8");

const scopes = z.array(z.enum(["ingest", "query", "admin"]));

const foundRow = z.object({ keyId: z.string(), tenant: z.string(), scopes });
/** What a key is good for. */
export type FoundApiKey = z.infer<typeof foundRow>;

const listedRow = z.object({
  keyId: z.string(),
  tenant: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes,
  createdAt: z.date(),
  revokedAt: z.date().nullable(),
});
/** A key as people see it. */
export type ListedApiKey = z.infer<typeof listedRow>;

export interface NewApiKey {
  /** UUIDv7. */
  readonly keyId: string;
  readonly tenant: string;
  /** Unique among the tenant's keys that are not revoked. */
  readonly name: string;
  readonly prefix: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly scopes: readonly ("ingest" | "query" | "admin")[];
}

/** The key of a hash; undefined when there is none or it is revoked. */
export async function findApiKey(sql: Sql, hash: string): Promise<FoundApiKey | undefined> {
  const [row] = await sql.query(findSql, [hash], foundRow);
  return row;
}

/** Throws `already_exists` when the tenant has a key of that name. */
export async function insertApiKey(sql: Sql, key: NewApiKey): Promise<void> {
  await sql.execute(insertSql, parameters(key));
}

/** Registers a key given by the operator; another key of the same name is revoked. Idempotent. */
export async function ensureApiKey(sql: Sql, key: NewApiKey): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.execute(lockNameSql, [key.tenant, key.name]);
    await tx.execute(revokeNamedSql, [key.tenant, key.name, key.hash]);
    await tx.execute(ensureSql, parameters(key));
  });
}

function parameters(key: NewApiKey): unknown[] {
  return [key.keyId, key.tenant, key.name, key.prefix, key.hash, [...key.scopes]];
}

/** The newest 1000 keys of a tenant, revoked ones too. */
export function listApiKeys(sql: Sql, tenant: string): Promise<ListedApiKey[]> {
  return sql.query(listSql, [tenant], listedRow);
}

/** The hash of the key that was revoked, for caches to forget it; undefined when there was none. */
export async function revokeApiKey(sql: Sql, tenant: string, keyId: string): Promise<string | undefined> {
  const [row] = await sql.query(revokeSql, [tenant, keyId], z.object({ hash: z.string() }));
  return row?.hash;
}
