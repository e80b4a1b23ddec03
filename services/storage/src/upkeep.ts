import { holdLease } from "@sightline/postgres/lease";
import { migrate } from "@sightline/postgres/migrate";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { every } from "@sightline/service/loop";

/** Something that is done again and again, by one of all storage processes at a time. */
export interface Chore {
  readonly name: string;
  readonly intervalMs: number;
  run(signal: AbortSignal): Promise<void>;
}

export interface UpkeepOptions {
  readonly pool: Pool;
  readonly chores: readonly Chore[];
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
export function startUpkeep({ pool, chores, log, failures }: UpkeepOptions): () => Promise<void> {
  const stopping = new AbortController();
  const held = holdLease(pool, {
    name: "storage-upkeep",
    retryMs: LEASE_RETRY_MS,
    signal: stopping.signal,
    log,
    work: async (signal) => {
      await migrate(pool, log);
      const ends = chores.map(({ name, intervalMs, run }) =>
        every(intervalMs, run, { name, log, signal, failures: failures(name) }),
      );
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.all(ends.map((end) => end()));
    },
  });
  return async () => {
    stopping.abort();
    await held;
  };
}
