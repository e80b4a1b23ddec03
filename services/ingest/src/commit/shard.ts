import type { Clock } from "@sightline/model/time";

export interface ShardOptions {
  /** How many shards there are. */
  readonly shards: number;
  /** What one shard carries before the next one is used as well, bytes per second. */
  readonly bytesPerSecond: number;
  readonly clock: Clock;
}

const WINDOW_MS = 1000;

/**
 * Chooses the shard of each message of one signal. Whoever divides the shards over processes inserts once for each, so
 * at low load all tenants share the first one and a table sees one insert at a time; with more bytes per second than
 * one shard carries, messages go round over as many as are needed. Nothing depends on which shard a message is in.
 *
 * @returns called with a message's bytes, answers its shard from 0
 */
export function createShardChooser({ shards, bytesPerSecond, clock }: ShardOptions): (bytes: number) => number {
  let windowStartMs = clock();
  let windowBytes = 0;
  let lastRate = 0;
  let turn = 0;
  return (bytes) => {
    const elapsedMs = clock() - windowStartMs;
    if (elapsedMs >= WINDOW_MS || elapsedMs < 0) {
      lastRate = elapsedMs < 2 * WINDOW_MS ? windowBytes : 0;
      windowStartMs += elapsedMs;
      windowBytes = 0;
    }
    windowBytes += bytes;
    const active = Math.min(shards, 1 + Math.floor(Math.max(lastRate, windowBytes) / bytesPerSecond));
    turn = (turn + 1) % active;
    return turn;
  };
}
