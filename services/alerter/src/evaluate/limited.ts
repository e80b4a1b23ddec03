/** Runs a job for each item, at most so many at a time. Rejects with the first failure once all that began have ended. */
export async function limited<T>(
  items: readonly T[],
  maxConcurrent: number,
  job: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await job(item);
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(maxConcurrent, items.length) }, worker));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
