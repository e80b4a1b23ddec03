import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Clock } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import { KEPT_TABLES } from "../retention/kinds.ts";
import type { Disk, DiskWatch } from "./watch-disk.ts";

const readDisksSql = readFileSync(new URL("./sql/read-disks.sql", import.meta.url), "utf8");
const oldestSql = readFileSync(new URL("./sql/oldest-partition.sql", import.meta.url), "utf8");
const dropSql = readFileSync(new URL("./sql/drop-partition.sql", import.meta.url), "utf8");

const diskRow = z.object({ name: z.string(), freeBytes: z.number(), totalBytes: z.number() });
const partitionRow = z.object({
  table: z.string(),
  partition: z.string(),
  bytes: z.coerce.number(),
  rows: z.coerce.number(),
});

/** The local disks of the server. */
export function readDisks(clickhouse: Pick<ClickHouse, "query">): Promise<Disk[]> {
  return clickhouse.query(readDisksSql, {}, { schema: diskRow });
}

export interface EvictionOptions {
  readonly clickhouse: ClickHouse;
  readonly disk: Pick<DiskWatch, "level">;
  readonly clock: Clock;
  readonly log: Logger;
  evicted(day: Eviction): void;
}

/** A day of a table that was deleted to make room. */
export type Eviction = z.infer<typeof partitionRow>;

/** Deletes the oldest day there is while the disk is not well, one at each call; never today's. */
export function createEviction({ clickhouse, disk, clock, log, evicted }: EvictionOptions): () => Promise<void> {
  const tables = KEPT_TABLES.filter(({ mixedAges }) => mixedAges !== true).map(({ name }) => name);
  return async () => {
    if (disk.level() === "ok") return;
    const today = new Date(clock()).toISOString().slice(0, 10).replaceAll("-", "");
    const [oldest] = await clickhouse.query(oldestSql, { tables, today }, { schema: partitionRow });
    if (oldest === undefined) return;
    const { table, partition } = oldest;
    await clickhouse.command(dropSql, { table, partition });
    log.warn(oldest, "deleted the oldest day to make room");
    evicted(oldest);
  };
}
