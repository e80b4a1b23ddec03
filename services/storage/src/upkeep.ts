import { holdLease } from "@sightline/postgres/lease";
import { migrate } from "@sightline/postgres/migrate";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";
import type { UpkeepRest } from "./maintenance/upkeep-rest.ts";

/** Something that is done again and again, by one of all storage processes at a time. */
export interface Chore {
  readonly name: string;
  readonly intervalMs: number;
  /** @param enough whether all is to rest soon: long work ends at the next piece, and the next run goes on there */
  run(signal: AbortSignal, enough: () => boolean): Promise<void>;
}

export interface UpkeepOptions {
  readonly pool: Pool;
  readonly chores: readonly Chore[];
  /** Makes the chores this process', with the right to do them while nothing is to rest. */
  take(): Promise<UpkeepRest>;
  readonly log: Logger;
  /** Counts failed runs by chore. */
  failures(name: string): { inc(): void };
}

const LEASE_RETRY_MS = 10_000;

/**
 * Does the chores while this process holds the lease for them. Without Postgres nobody does them; writing and answering
 * go on all the same.
 *
 * @returns ends it, and resolves once the runs under way are done
 */
export function startUpkeep({ pool, chores, take, log, failures }: UpkeepOptions): () => Promise<void> {
  const stopping = new AbortController();
  const held = holdLease(pool, {
    name: "storage-upkeep",
    retryMs: LEASE_RETRY_MS,
    signal: stopping.signal,
    log,
    work: async (signal) => {
      await migrate(pool, log);
      const rest = await take();
      const ends = chores.map(({ name, intervalMs, run }) =>
        every(intervalMs, (ended) => rest.run((enough) => run(ended, enough)), {
          name,
          log,
          signal,
          failures: failures(name),
        }),
      );
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.all(ends.map((end) => end()));
      await rest.leave();
    },
  });
  return async () => {
    stopping.abort();
    await held;
  };
}
