import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Pool, PostgresLog, Session } from "./pool.ts";

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

const lockRow = z.object({ held: z.boolean() });

/**
 * Lets one of many processes do the work: whoever holds the session-level advisory lock of that name. When the holder
 * dies or its connection breaks, Postgres gives the lock to another. Returns when the signal aborts; an outage or an
 * error of the work only means another attempt.
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
    // A server that cannot reach the holder must notice within seconds, or nobody takes over.
    await session.execute("SET tcp_keepalives_idle = 5", []);
    await session.execute("SET tcp_keepalives_interval = 5", []);
    await session.execute("SET tcp_keepalives_count = 2", []);
    const sql = "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held";
    const [row] = await session.query(sql, [`lease:${name}`], lockRow);
    if (row?.held !== true || signal.aborted) return;
    log.info({ lease: name }, "lease taken");
    await workUntilLost(session, options);
    log.info({ lease: name }, "lease given back");
  } finally {
    await session.end();
  }
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
