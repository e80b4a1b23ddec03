import { setTimeout as pause } from "node:timers/promises";
import { COUNTED_SIGNALS, type CountedSignal, createNumberSender, type SendNumber } from "./counted-request.ts";

export interface LoadOptions {
  /** host:port of OTLP/gRPC; more than one for senders that spread over replicas. */
  readonly addresses: readonly string[];
  readonly apiKey: string;
  /** Marks the records of this load. */
  readonly mark: string;
  /** Default: all four. */
  readonly signals?: readonly CountedSignal[];
  /** Requests under way at once, per signal and address. Default 2. */
  readonly senders?: number;
}

/** What became of the records of one signal. */
export interface Sent {
  readonly signal: CountedSignal;
  readonly acknowledged: ReadonlySet<number>;
  /** Answered with an error or not at all: they may be stored or not, but not twice. */
  readonly unknown: ReadonlySet<number>;
}

/**
 * A load of numbered records. A record is sent once, whatever becomes of it, so that any that is stored twice was made
 * two by us.
 */
export interface CountedLoad extends AsyncDisposable {
  /** How many have been acknowledged so far, over all signals. */
  acknowledged(): number;
  /** How many have failed so far. */
  failed(): number;
  /** Acknowledged so far, of the signal of which it is the fewest. */
  fewestAcknowledged(): number;
  /** Stops sending; resolves when every request has been answered. Idempotent. */
  stop(): Promise<readonly Sent[]>;
}

/** Between two records of a sender: the load is there to be counted, not to be heavy. */
const paceMs = 10;
const paceAfterFailureMs = 50;

/** Sends one record per request until stopped. */
export function startCountedLoad(options: LoadOptions): CountedLoad {
  const { addresses, apiKey, mark, signals = COUNTED_SIGNALS, senders = 2 } = options;
  const clients = addresses.map((address) => createNumberSender(address, apiKey, mark));
  const counts = signals.map((signal) => ({ signal, acknowledged: new Set<number>(), unknown: new Set<number>() }));
  const stopping = new AbortController();
  let next = 0;
  let ended: Promise<readonly Sent[]> | undefined;

  const keepSending = async (send: SendNumber, { acknowledged, unknown }: (typeof counts)[number]) => {
    while (!stopping.signal.aborted) {
      next += 1;
      const number = next;
      // Not ended with the load: whether the last ones are acknowledged is to be known as well.
      const ok = await send(number, AbortSignal.timeout(30_000)).then(
        () => true,
        () => false,
      );
      (ok ? acknowledged : unknown).add(number);
      await pause(ok ? paceMs : paceAfterFailureMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = Promise.all(
    clients.flatMap(({ send }) =>
      counts.flatMap((count) => Array.from({ length: senders }, () => keepSending(send[count.signal], count))),
    ),
  );
  const end = async () => {
    stopping.abort();
    await running;
    for (const client of clients) client.close();
    return counts;
  };
  const stop = () => {
    ended ??= end();
    return ended;
  };
  const sum = (of: (count: (typeof counts)[number]) => number) => counts.reduce((total, count) => total + of(count), 0);
  return {
    acknowledged: () => sum(({ acknowledged }) => acknowledged.size),
    failed: () => sum(({ unknown }) => unknown.size),
    fewestAcknowledged: () => Math.min(...counts.map(({ acknowledged }) => acknowledged.size)),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
