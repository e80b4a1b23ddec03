import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import type { Clock } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import { fill } from "../query/statement.ts";
import { progressOf, progressStatement, type RollupProgress } from "./progress.ts";
import { DAY, FIVE_MINUTES, floorTo, HOUR, joinBuckets, piecesOf, type Span } from "./spans.ts";

const rolled = readFileSync(new URL("./sql/rolled.sql", import.meta.url), "utf8");
const rollUpSamplesSql = readFileSync(new URL("./sql/roll-up-samples.sql", import.meta.url), "utf8");
const rollUpHoursSql = readFileSync(new URL("./sql/roll-up-hours.sql", import.meta.url), "utf8");
const findLateSql = readFileSync(new URL("./sql/find-late-buckets.sql", import.meta.url), "utf8");
const oldestSql = readFileSync(new URL("./sql/oldest-sample.sql", import.meta.url), "utf8");
const recordSql = readFileSync(new URL("./sql/record-progress.sql", import.meta.url), "utf8");

const samplesStatement = fill(rollUpSamplesSql, { rolled });
const lateRow = z.object({ bucketSeconds: z.number() });
const oldestRow = z.object({ oldestSeconds: z.number() });

export interface RollupOptions {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  /** So long after its end a bucket is rolled up, milliseconds: what comes within that time is in it at once. */
  readonly delayMs: number;
  /** How old samples may be that are rolled up when it is done for the first time, days. */
  readonly backfillDays: number;
  readonly log: Logger;
}

/** How one call goes on. */
interface Work {
  readonly signal: AbortSignal;
  /** Whether to end before the next piece. */
  enough(): boolean;
}

/** What may be held in memory before it goes on on disk, bytes. */
const SETTINGS = { max_bytes_before_external_group_by: 500_000_000, max_threads: 1 };
/** A day is looked through so long after its end, seconds. */
const LATE_SECONDS = HOUR;

/**
 * Rolls up samples to 5 minutes, and those to hours. Call again and again, in one process at a time; a call does what
 * there is to do, and what it was kept from doing the next one does.
 *
 * Each piece is written before it is recorded as done. A piece that is written twice has the same rows with a higher
 * version, of which the last counts: a crash, or a second process, costs work and changes nothing. When an hour closes,
 * and again an hour after its day has, buckets for which samples have come late are rolled up anew. A call that is told
 * that it is enough ends behind a piece.
 */
export function createRollup(options: RollupOptions): (signal: AbortSignal, enough?: () => boolean) => Promise<void> {
  const { clickhouse, clock, delayMs, backfillDays, log } = options;
  const run = (sql: string, { from, until }: Span, signal: AbortSignal) =>
    clickhouse.command(sql, { from, until, version: clock() }, { settings: SETTINGS, signal });
  const record = (name: string, until: number, signal: AbortSignal) =>
    clickhouse.command(recordSql, { name, until, version: clock() }, { signal });

  async function rollUpSamples(span: Span, { signal, enough }: Work): Promise<void> {
    for (const piece of piecesOf(span, HOUR)) {
      if (enough()) return;
      await run(samplesStatement, piece, signal);
      await record("5m", piece.until, signal);
    }
  }

  async function rollUpHours(span: Span, { signal, enough }: Work): Promise<void> {
    for (const hour of piecesOf(span, HOUR)) {
      if (enough()) return;
      await rollUpLate(hour, signal);
      await run(rollUpHoursSql, hour, signal);
      await record("1h", hour.until, signal);
    }
  }

  /** @returns the spans that were rolled up anew */
  async function rollUpLate(span: Span, signal: AbortSignal): Promise<Span[]> {
    const rows = await clickhouse.query(findLateSql, { ...span }, { schema: lateRow, signal });
    const spans = joinBuckets(
      rows.map(({ bucketSeconds }) => bucketSeconds),
      FIVE_MINUTES,
    );
    for (const late of spans.flatMap((joined) => [...piecesOf(joined, HOUR)]))
      await run(samplesStatement, late, signal);
    if (rows.length > 0) log.info({ buckets: rows.length, ...span }, "samples came late; rolled up again");
    return spans;
  }

  async function lookThroughDays(span: Span, { signal, enough }: Work): Promise<void> {
    for (const day of piecesOf(span, DAY)) {
      if (enough()) return;
      const late = await rollUpLate(day, signal);
      const hours = new Set(late.flatMap((part) => [...piecesOf(part, HOUR)]).map(({ from }) => floorTo(HOUR, from)));
      for (const from of hours) await run(rollUpHoursSql, { from, until: from + HOUR }, signal);
      await record("late", day.until, signal);
    }
  }

  async function readProgress(signal: AbortSignal): Promise<RollupProgress> {
    const { sql, row } = progressStatement;
    return progressOf(await clickhouse.query(sql, {}, { schema: row, signal }));
  }

  /** Where to begin when nothing has been rolled up; undefined when there is nothing to. */
  async function oldestHour(signal: AbortSignal): Promise<number | undefined> {
    const [row] = await clickhouse.query(oldestSql, {}, { schema: oldestRow, signal });
    if (row === undefined || row.oldestSeconds === 0) return undefined;
    return floorTo(HOUR, Math.max(row.oldestSeconds, clock() / 1000 - backfillDays * DAY));
  }

  return async (signal, enough = () => false) => {
    // Once it was enough it stays so: hours are never rolled up before the five minutes that they are of.
    let ended = false;
    const work: Work = { signal, enough: () => (ended ||= enough()) };
    const done = await readProgress(signal);
    const closed = (clock() - delayMs) / 1000;
    const fiveMinutesUntil = floorTo(FIVE_MINUTES, closed);
    const hoursUntil = floorTo(HOUR, closed);
    const daysUntil = floorTo(DAY, closed - LATE_SECONDS);
    const begin = done.fiveMinutes === undefined || done.hours === undefined ? await oldestHour(signal) : done.hours;
    if (begin === undefined) return;
    await rollUpSamples({ from: done.fiveMinutes ?? begin, until: fiveMinutesUntil }, work);
    await rollUpHours({ from: done.hours ?? begin, until: hoursUntil }, work);
    await lookThroughDays({ from: done.late ?? floorTo(DAY, begin), until: daysUntil }, work);
  };
}
