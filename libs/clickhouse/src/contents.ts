import { readFileSync } from "node:fs";
import { z } from "zod";
import type { ClickHouse } from "./client.ts";

const countRowsSql = readFileSync(new URL("./sql/count-rows.sql", import.meta.url), "utf8");
const hashRowsSql = readFileSync(new URL("./sql/hash-rows.sql", import.meta.url), "utf8");
const listTablesSql = readFileSync(new URL("./sql/list-data-tables.sql", import.meta.url), "utf8");
const stopExpirySql = readFileSync(new URL("./sql/stop-expiry.sql", import.meta.url), "utf8");
const startExpirySql = readFileSync(new URL("./sql/start-expiry.sql", import.meta.url), "utf8");

/** What a table holds. */
export interface TableContent {
  readonly name: string;
  readonly rows: number;
  /** Over all rows in any order, 64 bits in hex. Only where it was asked for: it reads everything. */
  readonly hash?: string | undefined;
}

const tableRow = z.object({ name: z.string(), merging: z.number() });
const contentRow = z.object({ rows: z.string().transform(Number), hash: z.string().optional() });

/** Counts, and on request hashes, the rows of every table of the client's database. */
export async function readContents(
  clickhouse: ClickHouse,
  options: { readonly hash: boolean; readonly signal: AbortSignal },
): Promise<TableContent[]> {
  const { hash, signal } = options;
  const contents: TableContent[] = [];
  for (const { name, merging } of await listTables(clickhouse, signal)) {
    const query = { schema: contentRow, settings: { final: merging }, signal };
    const [found] = await clickhouse.query(hash ? hashRowsSql : countRowsSql, { table: name }, query);
    contents.push({ name, ...(found ?? { rows: 0 }) });
  }
  return contents;
}

/**
 * Whether rows go from the client's database when their time is over. What keeps them lasts until it is taken back, the
 * table is dropped, or the server is started anew.
 */
export async function setExpiry(clickhouse: ClickHouse, expires: boolean, signal: AbortSignal): Promise<void> {
  const sql = expires ? startExpirySql : stopExpirySql;
  for (const { name } of await listTables(clickhouse, signal)) {
    await clickhouse.command(sql, { table: name }, { signal });
  }
}

function listTables(clickhouse: ClickHouse, signal: AbortSignal) {
  return clickhouse.query(listTablesSql, {}, { schema: tableRow, signal });
}
