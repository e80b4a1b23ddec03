import { readFileSync } from "node:fs";
import type { Sql } from "@sightline/postgres/pool";
import type { Seal } from "@sightline/postgres/seal";
import { z } from "zod";

const listUnsealedSql = readFileSync(new URL("./sql/list-unsealed-configurations.sql", import.meta.url), "utf8");
const sealConfigurationSql = readFileSync(new URL("./sql/seal-configuration.sql", import.meta.url), "utf8");

const unsealedRow = z.object({ tenant: z.string(), version: z.string(), source: z.string() });

/** Versions that are read at a time; each may have a megabyte. */
const BATCH = 20;

export interface SealingOptions {
  readonly sql: Sql;
  readonly seal: Seal;
  readonly signal: AbortSignal;
}

/** What became of versions that were not sealed with our key. */
export interface Sealed {
  readonly sealed: number;
  /** Sealed with a key that is none of ours: they stay as they are. */
  readonly closed: number;
}

/**
 * Seals every version of all tenants that lies open, or is sealed with the key before, with ours. Any number may do so at the same time, and what was
 * begun goes on where it ended. Does nothing without a key.
 */
export async function sealConfigurations({ sql, seal, signal }: SealingOptions): Promise<Sealed> {
  let [sealed, closed] = [0, 0];
  let behind = { tenant: "", version: "0" };
  while (seal.prefix !== undefined && !signal.aborted) {
    const params = [behind.tenant, behind.version, seal.prefix, BATCH];
    const rows = await sql.query(listUnsealedSql, params, unsealedRow);
    for (const row of rows) {
      const text = seal.tryOpen(row.tenant, row.source);
      if (text === undefined) closed += 1;
      else {
        const { tenant, version, source } = row;
        sealed += await sql.execute(sealConfigurationSql, [tenant, version, source, seal.seal(tenant, text)]);
      }
      behind = row;
    }
    if (rows.length < BATCH) break;
  }
  return { sealed, closed };
}
