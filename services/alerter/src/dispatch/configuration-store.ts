import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import { z } from "zod";
import { keptText, readKeptText } from "./kept-text.ts";

const putConfigurationSql = readFileSync(new URL("./sql/put-configuration.sql", import.meta.url), "utf8");
const findConfigurationSql = readFileSync(new URL("./sql/find-configuration.sql", import.meta.url), "utf8");
const lockConfigurationSql = readFileSync(new URL("./sql/lock-configuration.sql", import.meta.url), "utf8");
const newestConfigurationSql = readFileSync(new URL("./sql/newest-configuration.sql", import.meta.url), "utf8");
const pruneConfigurationsSql = readFileSync(new URL("./sql/prune-configurations.sql", import.meta.url), "utf8");
const deleteOldConfigurationsSql = readFileSync(
  new URL("./sql/delete-old-configurations.sql", import.meta.url),
  "utf8",
);
const unknownKeysSql = readFileSync(new URL("./sql/unknown-keys.sql", import.meta.url), "utf8");
const dispatchTenantsSql = readFileSync(new URL("./sql/dispatch-tenants.sql", import.meta.url), "utf8");

/** An alertmanager.yml and the template files that it names. */
export interface ConfigurationDraft {
  /** YAML, secrets included. */
  readonly source: string;
  readonly templates: Readonly<Record<string, string>>;
  /** The other files that it names, such as `api_key_file`, by their paths: secrets as well. */
  readonly files: Readonly<Record<string, string>>;
  /** The user. */
  readonly author: string;
}

/** A draft that is to be put in force. */
export interface ConfigurationChange extends Omit<ConfigurationDraft, "templates"> {
  /** Undefined: those of the version before. */
  readonly templates: ConfigurationDraft["templates"] | undefined;
  /** The version that is changed, 0 where there is none. Undefined: whichever there is. */
  readonly expected: number | undefined;
}

export interface KeptConfiguration extends ConfigurationDraft {
  /** Counted up from 1. */
  readonly version: number;
  readonly createdAt: Date;
}

const version = z.string().transform(Number);
const configurationRow = z
  .object({
    version,
    source: z.string(),
    templates: z.record(z.string(), z.string()),
    author: z.string(),
    created_at: z.date(),
  })
  .transform(({ created_at, ...rest }) => ({ ...rest, createdAt: created_at }));
const tenantRow = z.object({ tenant: z.string(), configuration: version, silences: version, maintenance: version });

/** What is kept of a tenant's versions, however often somebody puts another one. */
export interface ConfigurationBounds {
  readonly maxVersions: number;
  /** Of all versions, as Postgres keeps them. */
  readonly maxBytes: number;
}

const BOUNDS: ConfigurationBounds = { maxVersions: 2000, maxBytes: 64 * 1024 * 1024 };

/** Every version of every tenant's alertmanager.yml, as many as are kept. */
export interface ConfigurationStore {
  /**
   * Makes a configuration the one in force, and keeps those before it. Returns its version: the one in force, where that says the same already.
   * Throws failed_precondition where another version is in force than is to be changed.
   */
  put(tenant: string, change: ConfigurationChange, nowMs: number): Promise<number>;
  /** The configuration in force, or that was at a time; undefined where there was none. Throws failed_precondition where its key is missing. */
  find(tenant: string, atMs?: number): Promise<KeptConfiguration | undefined>;
  /** The ids of the keys, at most ten, that configurations in force of any tenant are sealed with, that are none of ours and were not given up. */
  unknownKeys(): Promise<string[]>;
}

export interface ConfigurationStoreOptions {
  readonly sql: Sql;
  readonly seal: Seal;
  readonly bounds?: ConfigurationBounds;
}

/** Opens it. */
export function createConfigurationStore({
  sql,
  seal,
  bounds: { maxVersions, maxBytes } = BOUNDS,
}: ConfigurationStoreOptions): ConfigurationStore {
  return {
    async put(tenant, { source, templates, files, author, expected }, nowMs) {
      return await sql.transaction(async (tx) => {
        await tx.execute(lockConfigurationSql, [tenant]);
        const [newest] = await tx.query(newestConfigurationSql, [tenant], configurationRow);
        checkExpected(expected, newest);
        const named = templates ?? newest?.templates ?? {};
        const hasSameTemplates = newest !== undefined && isDeepStrictEqual(named, newest.templates);
        const text = keptText({ source, files });
        // One that cannot be opened may say anything.
        if (hasSameTemplates && seal.tryOpen(tenant, newest.source) === text) return newest.version;
        const params = [tenant, seal.seal(tenant, text), JSON.stringify(named), author, new Date(nowMs)];
        const [row] = await tx.query(putConfigurationSql, params, z.object({ version }));
        if (row === undefined) throw new AppError("internal", "cannot keep the configuration: got no version back");
        await tx.execute(pruneConfigurationsSql, [tenant, maxVersions, maxBytes]);
        return row.version;
      });
    },

    async find(tenant, atMs) {
      const at = atMs === undefined ? null : new Date(atMs);
      const [found] = await sql.query(findConfigurationSql, [tenant, at], configurationRow);
      return found && { ...found, ...readKeptText(seal.open(tenant, found.source)) };
    },

    async unknownKeys() {
      const rows = await sql.query(unknownKeysSql, [[...seal.keyIds]], z.object({ key: z.string() }));
      return rows.map(({ key }) => key);
    },
  };
}

/** Forgets versions of all tenants that were not in force any more at a time. */
export async function deleteOldConfigurations(sql: Sql, beforeMs: number): Promise<void> {
  await sql.execute(deleteOldConfigurationsSql, [new Date(beforeMs)]);
}

function checkExpected(expected: number | undefined, newest: z.infer<typeof configurationRow> | undefined): void {
  if (expected === undefined || expected === (newest?.version ?? 0)) return;
  const found =
    newest === undefined
      ? "there is none"
      : `it is version ${newest.version}, put by ${newest.author} at ${newest.createdAt.toISOString()}`;
  throw new AppError(
    "failed_precondition",
    `cannot change the configuration: got ${expected === 0 ? "the first one" : `version ${expected}`} to change, but ${found}`,
  );
}

/** What there is of a tenant that is dispatched, by number: another number, another configuration, other silences, other windows. */
export type TenantVersions = z.infer<typeof tenantRow>;

/** All tenants that have a configuration or silences. */
export function listTenantVersions(sql: Sql): Promise<TenantVersions[]> {
  return sql.query(dispatchTenantsSql, [], tenantRow);
}
