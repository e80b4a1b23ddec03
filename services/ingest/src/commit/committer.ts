import type { Signal } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import { failpoint } from "@sightline/service/failpoint";

/** What is committed together, since its bytes concatenated are its merge. */
export interface CommitEntry {
  readonly signal: Signal;
  readonly tenant: string;
  /** A whole message of the signal's payload type; must not change until it is committed. */
  readonly payload: Uint8Array;
  /** How many records it holds. */
  readonly records: number;
  /** When it came, nanoseconds since the Unix epoch. */
  readonly receivedUnixNano: bigint;
}

/** Publishes one message and resolves when the stream holds it; `createPublisher` of libs/bus fits. */
export interface MessagePublisher {
  publish(payload: Uint8Array, options: MessageOptions): Promise<unknown>;
  /** The longest message that it takes. */
  maxMessageBytes(): number;
}

interface MessageOptions {
  readonly tenant: string;
  readonly records: number;
  readonly shard: number;
  readonly msgId: string;
  readonly receivedUnixNano: bigint;
}

/** What a commit came to, for the metrics. */
export interface CommitObserver {
  committed(message: { signal: Signal; bytes: number; requests: number; seconds: number; ok: boolean }): void;
}

export interface CommitterOptions {
  readonly publishers: Readonly<Record<Signal, MessagePublisher>>;
  /** How long a request waits for others to share its message, milliseconds. */
  readonly maxDelayMs: number;
  /**
   * A message is sent at once when it has so many bytes, or as many as the publisher takes; a larger request is a message
   * of its own.
   */
  readonly maxBatchBytes: number;
  readonly shardOf: (signal: Signal, bytes: number) => number;
  /** A name for a message that no other has: lets the bus recognise our own repetition. */
  readonly newId: () => string;
  readonly observer: CommitObserver;
}

/** Group commit: requests that come at nearly the same time share one message and one acknowledgement. */
export interface Committer {
  /**
   * Resolves when the bus holds the entry. Throws what the publisher throws (`unavailable`), for every entry of the
   * message alike; or, when the signal aborts first, its reason: the entry may then be stored all the same.
   */
  commit(entry: CommitEntry, signal?: AbortSignal): Promise<void>;
  /** Sends what waits and resolves when everything is settled; afterwards commits are refused. Idempotent. */
  close(): Promise<void>;
}

interface Group {
  readonly signal: Signal;
  readonly tenant: string;
  readonly chunks: Uint8Array[];
  readonly receivedUnixNano: bigint;
  readonly done: PromiseWithResolvers<void>;
  readonly timer: NodeJS.Timeout;
  bytes: number;
  records: number;
}

/** A committer; one group is open per tenant and signal, so that tenants are never mixed. */
export function createCommitter(options: CommitterOptions): Committer {
  const { maxDelayMs, publishers } = options;
  const open = new Map<string, Group>();
  const sending = new Set<Promise<void>>();
  let closed = false;

  const send = (key: string, group: Group): void => {
    if (open.get(key) === group) open.delete(key);
    clearTimeout(group.timer);
    const publishing = publish(group, options).then(group.done.resolve, group.done.reject);
    sending.add(publishing);
    void publishing.finally(() => sending.delete(publishing));
  };

  const start = (key: string, entry: CommitEntry): Group => {
    const group: Group = {
      signal: entry.signal,
      tenant: entry.tenant,
      chunks: [],
      receivedUnixNano: entry.receivedUnixNano,
      done: Promise.withResolvers<void>(),
      timer: setTimeout(() => send(key, group), maxDelayMs),
      bytes: 0,
      records: 0,
    };
    open.set(key, group);
    return group;
  };

  return {
    commit: async (entry, signal) => {
      if (closed) throw new AppError("unavailable", "cannot take the request: stopping", { retryAfterMs: 1000 });
      signal?.throwIfAborted();
      const key = `${entry.signal} ${entry.tenant}`;
      // What is refused for its length is refused for good: requests that fit must not become too long together.
      const maxBatchBytes = Math.min(options.maxBatchBytes, publishers[entry.signal].maxMessageBytes());
      const current = open.get(key);
      if (current !== undefined && current.bytes + entry.payload.length > maxBatchBytes) send(key, current);
      const group = open.get(key) ?? start(key, entry);
      group.chunks.push(entry.payload);
      group.bytes += entry.payload.length;
      group.records += entry.records;
      if (group.bytes >= maxBatchBytes) send(key, group);
      await orAborted(group.done.promise, signal);
    },
    close: async () => {
      closed = true;
      for (const [key, group] of open) send(key, group);
      await Promise.all(sending);
    },
  };
}

async function publish(group: Group, { publishers, shardOf, newId, observer }: CommitterOptions): Promise<void> {
  const { signal, tenant, records, bytes, chunks, receivedUnixNano } = group;
  const [only] = chunks;
  const payload = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes);
  const startedAt = performance.now();
  let ok = false;
  try {
    const shard = shardOf(signal, bytes);
    failpoint("ingest.before-publish");
    await publishers[signal].publish(payload, { tenant, records, shard, msgId: newId(), receivedUnixNano });
    failpoint("ingest.before-answer");
    ok = true;
  } finally {
    observer.committed({
      signal,
      bytes,
      requests: chunks.length,
      seconds: (performance.now() - startedAt) / 1000,
      ok,
    });
  }
}

function orAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(AppError.from(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
