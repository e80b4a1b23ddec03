import type { Signal } from "@sightline/bus/subjects";
import type { MessagePath } from "@sightline/otlp/message-path";
import { splitMessage } from "@sightline/otlp/split-message";
import type { CommitEntry, Committer } from "./committer.ts";

export interface StoreOptions {
  readonly committer: Committer;
  /** The longest message that the bus takes. */
  readonly maxMessageBytes: (signal: Signal) => number;
}

export interface StoreRequest extends CommitEntry {
  /** Where its records lie, for a request that is too long for one message. */
  readonly path: MessagePath;
  /** Counts the records of a part. */
  readonly count: (part: Uint8Array) => number;
  /** Whether it goes on the bus even when it has no records. */
  readonly keepsEmpty?: boolean;
}

/** Puts a request on the bus: as one message or, when it is too long for that, as several. */
export type Store = (request: StoreRequest, signal?: AbortSignal) => Promise<void>;

/**
 * Resolves when the bus holds all of the request. When only some of its parts could be published it throws like when
 * none could: the sender sends all of it again, and some records may then be stored twice.
 */
export function createStore({ committer, maxMessageBytes }: StoreOptions): Store {
  return async ({ path, count, keepsEmpty = false, ...entry }, signal) => {
    if (entry.records === 0 && !keepsEmpty) return;
    const limit = maxMessageBytes(entry.signal);
    if (entry.payload.length <= limit) return committer.commit(entry, signal);
    const parts = splitMessage(entry.payload, path, limit);
    await Promise.all(parts.map((payload) => committer.commit({ ...entry, payload, records: count(payload) }, signal)));
  };
}
