/** Runs jobs, so many at a time, in their order; after an abort no further one is begun. Rejects with the first failure. */
export async function inParallel(
  jobs: readonly (() => Promise<void>)[],
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  const waiting = jobs.values();
  const work = async (): Promise<void> => {
    // The iterator is shared: every worker takes the next job nobody has taken.
    for (const job of waiting) {
      if (signal.aborted) return;
      await job();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, work));
}
