import assert from "node:assert/strict";
import type { Signal } from "@sightline/bus/subjects";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { eventually } from "@sightline/testkit/eventually";
import { countIds, onceEach, type Pipeline } from "./pipeline.ts";

/** Messages whose records have ids, all of which must come to be stored, once. */
export interface CountedMessages {
  /** Publishes messages of two records each, over all shards; answers their sequences. */
  publish(signal: Signal, messages: number, tenant?: string): Promise<number[]>;
  /** So many ids that no other record has, which must be stored as well. */
  newIds(signal: Signal, count: number): string[];
  /** A record that is published otherwise must be stored as well. */
  expect(signal: Signal, id: string): void;
  /** Takes that back. */
  forget(signal: Signal, id: string): void;
  /** Waits until all is stored that must be; stored twice fails as stored never does. */
  allStoredOnce(...signals: Signal[]): Promise<void>;
}

export function createCountedMessages(pipeline: Pipeline, clickhouse: ClickHouse): CountedMessages {
  const expected: Record<Signal, string[]> = { traces: [], metrics: [], logs: [], events: [] };
  let names = 0;
  const newIds = (signal: Signal, count: number): string[] => {
    const ids = Array.from({ length: count }, () => `${signal}-${names++}`);
    expected[signal].push(...ids);
    return ids;
  };
  return {
    publish: async (signal, messages, tenant = "default") => {
      const sequences: number[] = [];
      for (let at = 0; at < messages; at++) {
        sequences.push(await pipeline.publish(signal, newIds(signal, 2), { shard: at % 4, tenant }));
      }
      return sequences;
    },
    newIds,
    expect: (signal, id) => void expected[signal].push(id),
    forget: (signal, id) => void expected[signal].splice(expected[signal].indexOf(id), 1),
    allStoredOnce: async (...signals) => {
      for (const signal of signals) {
        await eventually(async () => assert.deepEqual(await countIds(clickhouse, signal), onceEach(expected[signal])), {
          timeoutMs: 60_000,
          intervalMs: 100,
        });
      }
    },
  };
}
