import { useSyncExternalStore } from "react";

/** One clock for the whole page: it ticks once a second, and only while somebody looks at it. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    nowMs = Date.now();
    timer = setInterval(() => {
      nowMs = Date.now();
      for (const each of [...listeners]) each();
    }, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now, milliseconds since the Unix epoch, in steps of `stepSeconds`. */
export function useNow(stepSeconds = 1): number {
  return useSyncExternalStore(subscribe, () => Math.floor(nowMs / (1000 * stepSeconds)) * 1000 * stepSeconds);
}
