import { readFileSync } from "node:fs";
import { z } from "zod";
import { KEPT_TABLES } from "../retention/kinds.ts";
import type { ReadContext, Reader } from "./reader.ts";
import { int64 } from "./row-types.ts";

const rowsSql = readFileSync(new URL("./sql/tenant-rows.sql", import.meta.url), "utf8");
const oldestSql = readFileSync(new URL("./sql/tenant-oldest.sql", import.meta.url), "utf8");
const newestSql = readFileSync(new URL("./sql/tenant-newest.sql", import.meta.url), "utf8");
const sizesSql = readFileSync(new URL("./sql/partition-sizes.sql", import.meta.url), "utf8");

const tenantRows = { sql: rowsSql, row: z.object({ partition: z.string(), rows: int64 }) };
const oldestTime = { sql: oldestSql, row: z.object({ oldest: int64 }) };
const newestTime = { sql: newestSql, row: z.object({ newest: int64 }) };
const sizeRow = z.object({
  table: z.string(),
  partition: z.string(),
  rows: int64,
  bytesOnDisk: int64,
  bytesUncompressed: int64,
});
const partitionSizes = { sql: sizesSql, row: sizeRow };

/** What a tenant has in one partition of a table. */
export interface PartitionUsage {
  /** The day it is of, since the Unix epoch; its first when it is of a month. */
  readonly day: number;
  readonly rows: bigint;
  /** The partition's bytes by the tenant's share of its rows. */
  readonly bytesOnDisk: bigint;
}

/** What a tenant has in a table. */
export interface Usage {
  readonly rows: bigint;
  /** An estimate: of each partition, the bytes by the tenant's share of its rows. */
  readonly bytesOnDisk: bigint;
  /** Nanoseconds since the Unix epoch; 0 without a row. */
  readonly oldestUnixNano: bigint;
  readonly newestUnixNano: bigint;
  /** Oldest first. */
  readonly partitions: readonly PartitionUsage[];
  /** Of all tenants together. */
  readonly tableBytesOnDisk: bigint;
  readonly tableBytesUncompressed: bigint;
}

const DAY_NANOS = 86_400_000_000_000n;

/** What a tenant has in each of the tables, which must be such as have an age limit. */
export async function readTenantUsage(
  reader: Reader,
  tables: readonly string[],
  context: ReadContext,
): Promise<ReadonlyMap<string, Usage>> {
  const sizes = await reader.readSystem(partitionSizes, { tables }, context.signal);
  const usages = await Promise.all(
    tables.map(async (table) => {
      const own = sizes.filter((size) => size.table === table);
      return [table, await readUsage({ reader, table, sizes: own, context })] as const;
    }),
  );
  return new Map(usages);
}

interface TableQuestion {
  readonly reader: Reader;
  readonly table: string;
  readonly sizes: readonly z.infer<typeof sizeRow>[];
  readonly context: ReadContext;
}

async function readUsage({ reader, table, sizes, context }: TableQuestion): Promise<Usage> {
  const found = await reader.read(tenantRows, { table }, context);
  const column = KEPT_TABLES.find(({ name }) => name === table)?.column ?? "Timestamp";
  const place = (partition: string | undefined) => ({ table, column, partition });
  // The times of the first and the last partition are those of all.
  const [oldest, newest] =
    found.length === 0
      ? [[], []]
      : await Promise.all([
          reader.read(oldestTime, place(found[0]?.partition), context),
          reader.read(newestTime, place(found.at(-1)?.partition), context),
        ]);
  const partitions = found.map(({ partition, rows }): PartitionUsage => {
    const size = sizes.find((candidate) => candidate.partition === partition);
    const share = size === undefined || size.rows === 0n ? 0n : (size.bytesOnDisk * rows) / size.rows;
    return { day: dayOf(partition), rows, bytesOnDisk: share };
  });
  return {
    rows: sum(found, ({ rows }) => rows),
    bytesOnDisk: sum(partitions, ({ bytesOnDisk }) => bytesOnDisk),
    oldestUnixNano: oldest[0]?.oldest ?? 0n,
    newestUnixNano: newest[0]?.newest ?? 0n,
    partitions,
    tableBytesOnDisk: sum(sizes, ({ bytesOnDisk }) => bytesOnDisk),
    tableBytesUncompressed: sum(sizes, ({ bytesUncompressed }) => bytesUncompressed),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + of(item), 0n);
}

/** Partitions are named by their day, 20261121, or month, 202611. */
function dayOf(partition: string): number {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})?$/.exec(partition) ?? [];
  return Math.floor(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1)) / 86_400_000);
}

/** What of a usage is of the days `from` (inclusive) to `to` (exclusive). The oldest time may then be that of its day's start. */
export function usageBetween(
  usage: Usage | undefined,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number },
): Pick<Usage, "rows" | "bytesOnDisk" | "oldestUnixNano"> {
  const all = usage?.partitions ?? [];
  const partitions = all.filter(({ day }) => day >= from && day < to);
  const first = partitions[0];
  const oldest = first === all[0] ? (usage?.oldestUnixNano ?? 0n) : BigInt(first?.day ?? 0) * DAY_NANOS;
  return {
    rows: sum(partitions, ({ rows }) => rows),
    bytesOnDisk: sum(partitions, ({ bytesOnDisk }) => bytesOnDisk),
    oldestUnixNano: first === undefined ? 0n : oldest,
  };
}
