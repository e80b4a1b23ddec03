/**
 * Runs jobs, so many at a time, in their order; after an abort no further one is begun. Each gets the number of its
 * worker, from 0, which nobody else has meanwhile. Rejects with the first failure.
 */
export async function inParallel(
  jobs: readonly ((worker: number) => Promise<void>)[],
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  const waiting = jobs.values();
  const work = async (_: unknown, worker: number): Promise<void> => {
    // The iterator is shared: every worker takes the next job nobody has taken.
    for (const job of waiting) {
      if (signal.aborted) return;
      await job(worker);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, work));
}
