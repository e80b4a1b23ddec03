import { ClickHouseException } from "./exceptions.ts";

/** Hands out a fixed set of slots, first come, first served. */
export interface Admission<T> {
  /** Waits for a slot. Rejects with ClickHouseException when `maxWaiting` requests wait already, or when aborted. */
  acquire(signal: AbortSignal): Promise<T>;
  release(slot: T): void;
  /** How many slots are in use. */
  busy(): number;
}

/** At most one request per slot runs; at most `maxWaiting` more wait for one. */
export function createAdmission<T>(slots: readonly T[], maxWaiting: number): Admission<T> {
  const free = [...slots];
  const waiting = new Set<(slot: T) => void>();

  const goneAway = () => new ClickHouseException(394, "QUERY_WAS_CANCELLED", "The client went away");

  function wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.delete(take);
        reject(goneAway());
      };
      const take = (slot: T) => {
        signal.removeEventListener("abort", onAbort);
        resolve(slot);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.add(take);
    });
  }

  return {
    async acquire(signal) {
      if (signal.aborted) throw goneAway();
      const slot = free.pop();
      if (slot !== undefined) return slot;
      if (waiting.size < maxWaiting) return wait(signal);
      const message = `Too many simultaneous queries. Maximum: ${slots.length}, waiting: ${maxWaiting}`;
      throw new ClickHouseException(202, "TOO_MANY_SIMULTANEOUS_QUERIES", message);
    },
    release(slot) {
      const [next] = waiting;
      if (next === undefined) {
        free.push(slot);
        return;
      }
      waiting.delete(next);
      next(slot);
    },
    busy: () => slots.length - free.length,
  };
}
