import { readFileSync } from "node:fs";
import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import type { Series } from "./series.ts";
import type { KeptSeries, SeriesStore } from "./series-store.ts";

const saveSql = readFileSync(new URL("./sql/save-baselines.sql", import.meta.url), "utf8");
const loadSql = readFileSync(new URL("./sql/load-baselines.sql", import.meta.url), "utf8");
const deleteOldSql = readFileSync(new URL("./sql/delete-old-baselines.sql", import.meta.url), "utf8");

const row = z.object({
  tenant: z.string(),
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  recent_values: z.instanceof(Buffer),
});

/** Experience older than this tells nothing of now. */
const maxAgeMs = 7 * 24 * 3_600_000;
const rowsPerStatement = 500;

export interface CheckpointOptions {
  readonly sql: Sql;
  readonly store: SeriesStore;
  readonly clock: Clock;
  /** As many as the store keeps. */
  readonly maxSeries: number;
}

/** Keeps the baselines over a restart. What was learned since the last save is learned again. */
export interface Checkpoint {
  /** Returns how many series were put back. */
  load(): Promise<number>;
  /** Saves the series heard of since the last save. */
  save(): Promise<void>;
  /** Deletes what is too old to be loaded again. */
  forget(): Promise<void>;
}

export function createCheckpoint({ sql, store, clock, maxSeries }: CheckpointOptions): Checkpoint {
  const savedUntilMs = new WeakMap<Series, number>();
  const hasNews = ({ series }: KeptSeries) =>
    series.lastTimeMs() > (savedUntilMs.get(series) ?? Number.NEGATIVE_INFINITY);
  const oldest = () => new Date(clock() - maxAgeMs);
  return {
    load: async () => {
      const rows = await sql.query(loadSql, [oldest(), maxSeries], row);
      for (const { tenant, metric, labels, recent_values } of rows) {
        store.restore(tenant, { metric, labels }, decodeValues(recent_values));
      }
      return rows.length;
    },
    forget: async () => {
      await sql.execute(deleteOldSql, [oldest()]);
    },
    save: async () => {
      const changed = [...store.all()].filter(hasNews);
      for (let from = 0; from < changed.length; from += rowsPerStatement) {
        const rows = changed.slice(from, from + rowsPerStatement);
        const saved = rows.map(({ series }) => [series, series.lastTimeMs()] as const);
        await saveRows(sql, rows, clock());
        for (const [series, timeMs] of saved) savedUntilMs.set(series, timeMs);
      }
    },
  };
}

async function saveRows(sql: Sql, rows: readonly KeptSeries[], nowMs: number): Promise<void> {
  await sql.execute(saveSql, [
    rows.map(({ tenant }) => tenant),
    rows.map(({ key }) => key),
    rows.map(({ metric }) => metric),
    rows.map(({ labels }) => JSON.stringify(labels)),
    rows.map(({ series }) => encodeValues(series.values())),
    new Date(nowMs),
  ]);
}

function encodeValues(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, at) => {
    bytes.writeDoubleLE(value, at * 8);
  });
  return bytes;
}

function decodeValues(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, at) => bytes.readDoubleLE(at * 8));
}
