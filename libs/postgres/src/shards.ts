import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import { pause } from "./pause.ts";
import type { Pool, PostgresLog, Session } from "./pool.ts";

const countMembersSql = readFileSync(new URL("./sql/count-members.sql", import.meta.url), "utf8");
const takeShardsSql = readFileSync(new URL("./sql/take-shards.sql", import.meta.url), "utf8");
const endSilentHolderSql = readFileSync(new URL("./sql/end-silent-holder.sql", import.meta.url), "utf8");

export interface ShardsOptions {
  /** What is divided. */
  readonly name: string;
  /** How many shards there are, from 0; the same in all processes. */
  readonly shards: number;
  /** How often a process looks whether there is something to take or to give back. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
  readonly log: PostgresLog;
  /**
   * Called with the shards that are held whenever these change, never twice at a time. What is not among them any more has to be left
   * alone when this resolves: then it is given to others. Rejecting gives everything back.
   */
  onHeld(shards: ReadonlySet<number>): Promise<void>;
}

/** A process that has not spoken for so many of its beats stands still. */
const SILENT_BEATS = 10;

const membersRow = z.object({ members: z.number() });
const shardRow = z.object({ shard: z.number() });

/**
 * Divides shards evenly between the processes that call this: each shard is a session-level advisory lock, and all locks of a process are of one
 * session. When a process dies or its connection breaks, Postgres gives them to others, who look for them each `retryMs`; one that comes gets its
 * part. A process that stands still has its session ended by the others after ten `retryMs`, and its work must then find out by what it
 * writes that it is not alone. Returns when the signal aborts, after everything was given back.
 */
export async function holdShards(pool: Pool, options: ShardsOptions): Promise<void> {
  const { signal, log, name, retryMs } = options;
  while (!signal.aborted) {
    try {
      await holdWhileConnected(pool, options);
    } catch (thrown) {
      if (!signal.aborted) log.warn({ shards: name, error: AppError.from(thrown).message }, "shards interrupted");
    }
    await pause(retryMs, signal);
  }
}

interface Holding extends ShardsOptions {
  readonly session: Session;
  readonly held: Set<number>;
}

async function holdWhileConnected(pool: Pool, options: ShardsOptions): Promise<void> {
  const session = await pool.session();
  const held = new Set<number>();
  const over = AbortSignal.any([options.signal, session.lost]);
  try {
    await session.execute("SELECT pg_advisory_lock_shared(hashtextextended($1, 0))", [membersOf(options)]);
    await speaking(session, options, async () => {
      while (!over.aborted) {
        await beat({ ...options, session, held });
        await pause(options.retryMs, over);
      }
    });
  } finally {
    await letGo(options, held);
    await session.end();
  }
}

/** A process that does something else for a while does not stand still. */
async function speaking(session: Session, { retryMs }: ShardsOptions, work: () => Promise<void>): Promise<void> {
  const speech = setInterval(() => void session.execute("SELECT 1", []).catch(() => undefined), retryMs);
  try {
    await work();
  } finally {
    clearInterval(speech);
  }
}

async function letGo({ onHeld, log, name }: ShardsOptions, held: Set<number>): Promise<void> {
  if (held.size === 0) return;
  await onHeld(new Set());
  log.info({ shards: name, givenBack: [...held] }, "shards given back");
}

/** Looks once what there is to take or to give back. */
async function beat(holding: Holding): Promise<void> {
  const { session, held, shards } = holding;
  const [row] = await session.query(countMembersSql, [membersOf(holding)], membersRow);
  const share = Math.ceil(shards / Math.max(1, row?.members ?? 1));
  if (held.size > share) await giveBack(holding, [...held].slice(share));
  if (held.size < share) await take(holding, share - held.size);
  if (held.size < shards) await endSilentHolders(holding);
}

async function take({ session, held, shards, name, log, onHeld }: Holding, room: number): Promise<void> {
  const others = Array.from({ length: shards }, (_, shard) => shard).filter((shard) => !held.has(shard));
  const taken = await session.query(takeShardsSql, [others, keyOf(name), room], shardRow);
  if (taken.length === 0) return;
  for (const { shard } of taken) held.add(shard);
  log.info({ shards: name, taken: taken.map(({ shard }) => shard), held: held.size }, "shards taken");
  await onHeld(new Set(held));
}

/** Who holds the others may be one who stands still. */
async function endSilentHolders(holding: Holding): Promise<void> {
  const { session, retryMs, name, log } = holding;
  const ended = await session.execute(endSilentHolderSql, [membersOf(holding), SILENT_BEATS * retryMs]);
  if (ended > 0) log.warn({ shards: name, ended }, "a holder of shards stood still; its session was ended");
}

async function giveBack({ session, held, name, log, onHeld }: Holding, surplus: readonly number[]): Promise<void> {
  for (const shard of surplus) held.delete(shard);
  await onHeld(new Set(held));
  for (const shard of surplus) {
    await session.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [keyOf(name) + shard]);
  }
  log.info({ shards: name, givenBack: surplus, held: held.size }, "shards given back");
}

function membersOf({ name }: ShardsOptions): string {
  return `members:${name}`;
}

function keyOf(name: string): string {
  return `shard:${name}:`;
}
