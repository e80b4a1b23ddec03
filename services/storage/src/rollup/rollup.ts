import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Clock } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import { fill } from "../query/statement.ts";
import { findLate, type LateBucket, recordLate } from "./late.ts";
import { progressOf, progressStatement, type RollupProgress } from "./progress.ts";
import { DISTRIBUTIONS, NUMBERS, type RollupGroup, type RollupSource } from "./sources.ts";
import { DAY, FIVE_MINUTES, floorTo, HOUR, joinBuckets, piecesOf, type Span } from "./spans.ts";

const oldestSql = readFileSync(new URL("./sql/oldest-sample.sql", import.meta.url), "utf8");
const recordSql = readFileSync(new URL("./sql/record-progress.sql", import.meta.url), "utf8");

const oldestRow = z.object({ oldestSeconds: z.number() });

export interface RollupOptions {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  /** So long after its end a bucket is rolled up, milliseconds: what comes within that time is in it at once. */
  readonly delayMs: number;
  /** How old samples may be that are rolled up when it is done for the first time, days. */
  readonly backfillDays: number;
  /** How many days every sample of a tenant is kept: older buckets are never computed again, of what is left of their samples. */
  readonly sampleDaysOf: (tenant: string) => number;
  readonly log: Logger;
}

/** How one call goes on. */
interface Work {
  readonly signal: AbortSignal;
  /** Whether to end before the next piece. */
  enough(): boolean;
}

/** What may be held in memory before it goes on on disk, bytes. */
const SETTINGS = {
  max_bytes_before_external_group_by: 500_000_000,
  max_bytes_before_external_sort: 500_000_000,
  max_threads: 1,
};
const ALL_TENANTS: readonly string[] = [];

/**
 * Rolls up samples to 5 minutes, and those to hours. Call again and again, in one process at a time; a call does what
 * there is to do, and what it was kept from doing the next one does.
 *
 * Each piece is written before it is recorded as done. A piece that is written twice has the same rows with a higher
 * version, of which the last counts: a crash, or a second process, costs work and changes nothing. Buckets for which
 * samples came later are rolled up anew. A call that is told that it is enough ends behind a piece.
 */
export function createRollup(options: RollupOptions): (signal: AbortSignal, enough?: () => boolean) => Promise<void> {
  const groups = [NUMBERS, DISTRIBUTIONS].map((group) => createGroupRollup(group, options));
  return async (signal, enough = () => false) => {
    // Once it was enough it stays so: hours are never rolled up before the five minutes that they are of.
    let ended = false;
    const work: Work = { signal, enough: () => (ended ||= enough()) };
    for (const rollUp of groups) await rollUp(work);
  };
}

function createGroupRollup(group: RollupGroup, options: RollupOptions): (work: Work) => Promise<void> {
  const { clickhouse, clock, delayMs, backfillDays, sampleDaysOf, log } = options;
  const { sources, progressTable } = group;
  const recordProgressSql = fill(recordSql, { progress: progressTable });

  async function run(statements: readonly string[], span: Span & { tenants: readonly string[] }, signal: AbortSignal) {
    for (const sql of statements) {
      await clickhouse.command(sql, { ...span, version: clock() }, { settings: SETTINGS, signal });
    }
  }

  async function rollUpPieces(span: Span, width: "5m" | "1h", { signal, enough }: Work): Promise<void> {
    for (const piece of piecesOf(span, HOUR)) {
      if (enough()) return;
      for (const { fiveMinutes, hours } of sources) {
        await run(width === "5m" ? fiveMinutes : hours, { ...piece, tenants: ALL_TENANTS }, signal);
      }
      await clickhouse.command(recordProgressSql, { name: width, until: piece.until, version: clock() }, { signal });
    }
  }

  async function rollUpLate(source: RollupSource, until: Required<RollupProgress>, { signal, enough }: Work) {
    if (until.fiveMinutes === undefined) return;
    const question = { source: source.table, until: until.fiveMinutes, delayMs, nowMs: clock() };
    for (const [hour, late] of await findLate(clickhouse, question, signal)) {
      if (enough()) return;
      const known = late.filter(
        ({ tenant, bucketSeconds }) => clock() / 1000 - bucketSeconds < sampleDaysOf(tenant) * DAY,
      );
      const tenants = [...new Set(known.map(({ tenant }) => tenant))];
      for (const span of spansOf(known)) await run(source.fiveMinutes, { ...span, tenants }, signal);
      if (known.length > 0 && hour < (until.hours ?? 0)) {
        await run(source.hours, { from: hour, until: hour + HOUR, tenants }, signal);
      }
      await recordLate(clickhouse, source.table, { late, signal });
      log.info({ table: source.table, hour, buckets: known.length }, "samples came late; rolled up again");
    }
  }

  async function readProgress(signal: AbortSignal): Promise<RollupProgress> {
    const { sql, row } = progressStatement(group);
    return progressOf(await clickhouse.query(sql, {}, { schema: row, signal }));
  }

  /** Where to begin when nothing has been rolled up; undefined when there is nothing to. */
  async function oldestHour(signal: AbortSignal): Promise<number | undefined> {
    let oldest: number | undefined;
    for (const { table } of sources) {
      const [row] = await clickhouse.query(fill(oldestSql, { table }), {}, { schema: oldestRow, signal });
      if (row !== undefined && row.oldestSeconds > 0) oldest = Math.min(oldest ?? row.oldestSeconds, row.oldestSeconds);
    }
    // A sample at the very beginning of an hour is in the one before.
    return oldest && floorTo(HOUR, Math.max(oldest - 1, clock() / 1000 - backfillDays * DAY));
  }

  return async (work) => {
    const done = await readProgress(work.signal);
    const closed = (clock() - delayMs) / 1000;
    const until = { fiveMinutes: floorTo(FIVE_MINUTES, closed), hours: floorTo(HOUR, closed) };
    const begin = done.hours ?? (await oldestHour(work.signal));
    if (begin === undefined) return;
    await rollUpPieces({ from: done.fiveMinutes ?? begin, until: until.fiveMinutes }, "5m", work);
    await rollUpPieces({ from: begin, until: until.hours }, "1h", work);
    for (const source of sources) await rollUpLate(source, await readProgress(work.signal), work);
  };
}

function spansOf(late: readonly LateBucket[]): Span[] {
  const starts = [...new Set(late.map(({ bucketSeconds }) => bucketSeconds))].sort((a, b) => a - b);
  return joinBuckets(starts, FIVE_MINUTES);
}
