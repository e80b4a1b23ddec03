import { pause } from "@sightline/bus/connect";
import type { Signal } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import type { LaneClaim } from "./lane-claim.ts";
import type { LaneOptions } from "./lane-options.ts";
import { type OwnedLane, ownLane } from "./lane-owner.ts";
import { takeLane } from "./lane-takeover.ts";
import { createPersist } from "./persist.ts";

/** A lane that this process writes, or stands by to write. */
export interface Lane {
  readonly name: string;
  readonly signal: Signal;
  /** Messages on the bus that are not in the database yet, as far as known. */
  pending(): number;
  /** For how long the oldest message of the batch that is being stored has waited, milliseconds; 0 while none is. */
  waitedMs(): number;
  /** Lets the insert under way finish, for so long at most, and gives the lane back. Idempotent. */
  stop(graceMs: number): Promise<void>;
}

/** After a defect of ours a lane rests before it is tried again, milliseconds. */
const REST_MS = 1000;

/**
 * Writes one lane, from now until it is stopped.
 *
 * | state   | enters                               | does                                          | leaves               |
 * |---------|--------------------------------------|-----------------------------------------------|----------------------|
 * | owner   | at start, at once; from standby      | finishes the recorded batch; then reads,      | compare-and-set      |
 * |         |                                      | records a boundary, inserts, records it stored | lost; stopped        |
 * | standby | another process has taken the lane   | watches the record                            | its owner left or    |
 * |         |                                      |                                               | fell silent; stopped |
 *
 * For a moment two processes may believe that they own a lane. Both insert the recorded batch under one token, so it is
 * stored once, and only one of them can record the next.
 */
export function startLane(options: LaneOptions): Lane {
  const { name, log, observer } = options;
  const stopping = new AbortController();
  const aborting = new AbortController();
  const persist = createPersist({
    signal: aborting.signal,
    random: options.random,
    onRetry: (operation, error, delayMs) => {
      observer.retried(operation);
      log.warn({ lane: name, operation, error: error.message, delayMs: Math.round(delayMs) }, "lane waits and retries");
    },
  });
  let owned: OwnedLane | undefined;
  let lastKnownPending = 0;

  const take = (atOnce: boolean): Promise<LaneClaim | undefined> =>
    takeLane({
      ...options,
      lane: name,
      persist,
      incarnation: options.bus.incarnation,
      atOnce,
      signal: stopping.signal,
      onNewStream: ({ stored, inserting }) =>
        log.error(
          { lane: name, stored, inserting },
          "the stream is another one: what was not stored of the old is gone",
        ),
      onSeen: (state) => {
        lastKnownPending = state.pending;
      },
    });

  /** Writes until that ends; then tells whether the lane is still ours to take at once. */
  const write = async (claim: LaneClaim): Promise<boolean> => {
    const { stored, inserting } = claim.state();
    log.info({ lane: name, stored, inserting }, "lane taken");
    owned = ownLane({ ...options, claim, persist, stopping: stopping.signal });
    observer.owned(true);
    try {
      return await owned.run();
    } catch (thrown) {
      if (claim.lost.aborted) log.info({ lane: name }, "lane lost to another process");
      else if (AppError.from(thrown).code !== "cancelled") {
        log.error({ lane: name, err: thrown }, "lane failed; trying again");
        await pause(REST_MS, stopping.signal);
      }
      return !claim.lost.aborted;
    } finally {
      lastKnownPending = owned.pending();
      owned = undefined;
      observer.owned(false);
    }
  };

  const run = async (): Promise<void> => {
    let atOnce = true;
    while (!stopping.signal.aborted) {
      const claim = await take(atOnce);
      if (claim === undefined) break;
      atOnce = await write(claim);
      if (stopping.signal.aborted && atOnce && !aborting.signal.aborted) await claim.release();
    }
  };

  const running = run();
  return {
    name,
    signal: options.signal,
    pending: () => owned?.pending() ?? lastKnownPending,
    waitedMs: () => {
      const since = owned?.storingSince();
      return since === undefined ? 0 : Math.max(0, options.clock() - Number(since / 1_000_000n));
    },
    async stop(graceMs) {
      stopping.abort(new AppError("cancelled", "storage is stopping"));
      const timer = setTimeout(() => aborting.abort(new AppError("cancelled", "storage has waited enough")), graceMs);
      try {
        await running;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
