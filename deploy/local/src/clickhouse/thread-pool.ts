/** How many statements the server runs at once when not told otherwise. */
export const defaultMaxConcurrentQueries = 32;

/** Threads for files and compression beside those that statements hold. */
const spareThreads = 8;

/** The size of libuv's pool for a server: each running statement holds one of its threads. */
export function poolThreads(maxConcurrentQueries = defaultMaxConcurrentQueries): number {
  return maxConcurrentQueries + spareThreads;
}

/**
 * Libuv reads the size of its pool before any of our code runs, so a process that was started with too small a one
 * starts itself anew in place (same pid, same arguments).
 */
export function ensureThreadPool(threads: number): void {
  if (Number(process.env["UV_THREADPOOL_SIZE"] ?? 0) >= threads || process.execve === undefined) return;
  const env = { ...process.env, UV_THREADPOOL_SIZE: String(threads), NODE_NO_WARNINGS: "1" };
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], env);
}
