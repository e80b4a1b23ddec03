import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import { pause } from "./pause.ts";
import type { Pool, PostgresLog, Session } from "./pool.ts";

const endSilentHolderSql = readFileSync(new URL("./sql/end-silent-holder.sql", import.meta.url), "utf8");

export interface LeaseOptions {
  /** What at most one process does at a time. */
  readonly name: string;
  /** How often a process without the lease asks for it; and how often the holder makes sure that it still has it. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
  readonly log: PostgresLog;
  /** Runs while the lease is held; must end soon after its signal aborts, which it does when the lease is lost. */
  work(signal: AbortSignal): Promise<void>;
}

/** A holder that has not spoken for so many of its beats stands still. */
const SILENT_BEATS = 10;

const lockRow = z.object({ held: z.boolean() });

/**
 * Lets one of many processes do the work: whoever holds the session-level advisory lock of that name. When the holder
 * dies or its connection breaks, Postgres gives the lock to another. One that stands still keeps its connection; after
 * ten `retryMs` without a word from it another process has its session ended, and its work must then find out by what
 * it writes that it is not alone. Returns when the signal aborts; an outage or an error of the work only means another
 * attempt.
 */
export async function holdLease(pool: Pool, options: LeaseOptions): Promise<void> {
  const { signal, log, name, retryMs } = options;
  while (!signal.aborted) {
    try {
      await attemptLease(pool, options);
    } catch (thrown) {
      if (!signal.aborted) log.warn({ lease: name, error: AppError.from(thrown).message }, "lease interrupted");
    }
    await pause(retryMs, signal);
  }
}

async function attemptLease(pool: Pool, options: LeaseOptions): Promise<void> {
  const { name, signal, log } = options;
  const session = await pool.session();
  try {
    const sql = "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held";
    const [row] = await session.query(sql, [`lease:${name}`], lockRow);
    if (row?.held !== true) return await endSilentHolder(session, options);
    if (signal.aborted) return;
    log.info({ lease: name }, "lease taken");
    await workUntilLost(session, options);
    log.info({ lease: name }, "lease given back");
  } finally {
    await session.end();
  }
}

async function endSilentHolder(session: Session, { name, retryMs, log }: LeaseOptions): Promise<void> {
  const ended = await session.execute(endSilentHolderSql, [`lease:${name}`, SILENT_BEATS * retryMs]);
  if (ended > 0) log.warn({ lease: name }, "the holder of the lease stood still; its session was ended");
}

async function workUntilLost(session: Session, { retryMs, signal, work }: LeaseOptions): Promise<void> {
  const lost = new AbortController();
  const beat = setInterval(() => {
    session.execute("SELECT 1", []).catch((error: unknown) => lost.abort(error));
  }, retryMs);
  try {
    await work(AbortSignal.any([signal, session.lost, lost.signal]));
  } finally {
    clearInterval(beat);
  }
}
