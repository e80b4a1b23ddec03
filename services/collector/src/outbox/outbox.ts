import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@sightline/errors/app-error";
import type { Logger } from "@sightline/service/logger";
import { retryDelayMs } from "@sightline/service/retry";
import type { DiskQueue } from "./disk-queue.ts";
import { type IngestClient, OUTBOX_KINDS, type OutboxSignal } from "./ingest-client.ts";
import type { QueueBatch } from "./record.ts";
import { verdictOf } from "./verdict.ts";

/** Why records were lost. */
export type DropReason =
  | "overflow"
  | "corrupt"
  | "disk"
  | "invalid"
  | "too_large"
  | "internal"
  | "rejected"
  | "unknown";

export interface OutboxObserver {
  sent(signal: OutboxSignal, batches: number): void;
  dropped(reason: DropReason, count: number): void;
  failed(): void;
}

export interface Outbox {
  /**
   * Keeps a request for ingest until ingest has taken it. Never fails: what the disk does not take is counted as
   * dropped.
   *
   * @param body bytes whose concatenation is their merge: ExportMetricsServiceRequest, StoreEventsRequest
   */
  put(signal: OutboxSignal, body: Uint8Array): Promise<void>;
  /** Ends the sending; what was not sent stays on disk. */
  close(): Promise<void>;
}

export interface OutboxOptions {
  readonly queue: DiskQueue;
  readonly ingest: IngestClient;
  readonly observer: OutboxObserver;
  readonly log: Logger;
  /** How long a first record waits for company. */
  readonly lingerMs: number;
  /** Bounds of the pause after a failure; doubles from the first to the last. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly random?: () => number;
}

/** What goes out in one call. */
const BATCH = { maxBytes: 1024 * 1024, maxRecords: 1000 } as const;
/** What a call under way gets to finish when stopping, so that nothing is sent twice without need. */
const STOP_GRACE_MS = 1000;

/**
 * Store and forward: everything goes to the queue first and from there to ingest, in order, one call at a time. While
 * ingest does not take it, it stays. What ingest refuses for good is narrowed down to the bad request and dropped.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { queue, observer, log } = options;
  const stopping = new AbortController();
  const cutOff = new AbortController();
  const reach = reachability(log);
  let complained = false;

  /** What is left of a refused batch, to be sent one by one. */
  let suspects = 0;
  let attempt = 0;

  async function deliver(batch: QueueBatch, signal: OutboxSignal): Promise<void> {
    const { rejected, reason } = await options.ingest.send(signal, Buffer.concat(batch.payloads), cutOff.signal);
    reach.ok();
    observer.sent(signal, batch.payloads.length);
    if (rejected === 0) return;
    observer.dropped("rejected", rejected);
    log.warn({ signal, rejected, reason }, "ingest refused a part");
  }

  /** Handles a failure; returns whether the batch is done with. */
  async function afterFailure(error: AppError, batch: QueueBatch): Promise<boolean> {
    observer.failed();
    attempt++;
    const verdict = verdictOf(error, attempt);
    if (verdict.keep) {
      reach.lost(error);
      const delayMs = retryDelayMs(attempt, error.retryAfterMs ?? 0, options);
      await sleep(delayMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      return false;
    }
    if (batch.payloads.length > 1) {
      suspects = batch.payloads.length;
      return false;
    }
    observer.dropped(verdict.reason, 1);
    log.warn({ reason: error.message, bytes: batch.payloads[0]?.length }, "ingest refused a request; it is dropped");
    return true;
  }

  async function step(): Promise<void> {
    const batch = await queue.next(suspects > 0 ? { ...BATCH, maxRecords: 1 } : BATCH);
    if (batch === undefined) {
      suspects = 0;
      await queue.waiting(stopping.signal);
      await sleep(options.lingerMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      return;
    }
    const signal = signalOf(batch.kind);
    let done = true;
    if (signal === undefined) {
      observer.dropped("unknown", batch.payloads.length);
    } else {
      done = await deliver(batch, signal).then(
        () => true,
        (thrown: unknown) => !cutOff.signal.aborted && afterFailure(AppError.from(thrown), batch),
      );
    }
    if (!done) return;
    attempt = 0;
    suspects = Math.max(0, suspects - 1);
    await queue.taken(batch);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await step();
      } catch (err) {
        log.error({ err }, "the outbox's queue failed");
        await sleep(options.maxDelayMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  const running = run();
  return {
    async put(signal, body) {
      try {
        await queue.append(OUTBOX_KINDS[signal], body);
        complained = false;
      } catch (thrown) {
        const error = AppError.from(thrown);
        observer.dropped(error.code === "too_large" ? "too_large" : "disk", 1);
        if (!complained) log.error({ err: error }, "cannot keep what was collected");
        complained = true;
      }
    },
    async close() {
      stopping.abort();
      const timer = setTimeout(() => cutOff.abort(), STOP_GRACE_MS);
      await running;
      clearTimeout(timer);
    },
  };
}

function signalOf(kind: number): OutboxSignal | undefined {
  if (kind === OUTBOX_KINDS.metrics) return "metrics";
  return kind === OUTBOX_KINDS.events ? "events" : undefined;
}

/** Speaks only when ingest stops or starts to take what it is sent. */
function reachability(log: Logger) {
  let lost = false;
  return {
    ok() {
      if (lost) log.info({}, "ingest takes what is sent again");
      lost = false;
    },
    lost(error: AppError) {
      if (!lost) log.warn({ code: error.code, reason: error.message }, "ingest does not take what is sent; keeping it");
      lost = true;
    },
  };
}
