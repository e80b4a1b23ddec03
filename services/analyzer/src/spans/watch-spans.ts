import { randomUUID } from "node:crypto";
import type { Bus } from "@sightline/bus/connect";
import { openKv } from "@sightline/bus/kv";
import type { StoredMessage } from "@sightline/bus/message";
import { createPublisher } from "@sightline/bus/publish";
import { streamState } from "@sightline/bus/streams";
import { SUBJECTS } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import type { Config } from "../config.ts";
import { metricsPayloads } from "./metrics-payload.ts";
import { createPlace } from "./place.ts";
import { type CounterSize, createSpanCounter, type DropReason } from "./span-counter.ts";
import { createSpanSource } from "./span-source.ts";

/** Told what becomes of spans. */
export interface SpanObserver {
  counted(spans: number): void;
  /** A span, or a part of what would have been counted of it, was not. */
  dropped(reason: DropReason): void;
  /** Messages that were left out, since they were read too late. */
  skipped(messages: number): void;
  unreadable(): void;
  holds(size: CounterSize): void;
}

export interface WatchSpansOptions {
  readonly bus: Bus;
  /** Copies of what is kept on the bus. */
  readonly replicas: number;
  readonly config: Config["spans"];
  /** How many series a tenant may have. */
  readonly maxSeries: (tenant: string) => number;
  readonly clock: Clock;
  readonly observer: SpanObserver;
  readonly log: Logger;
}

/** The bucket on the bus where it is kept up to where spans are counted. */
const BUCKET = "analyzer-spans";
const PAYLOAD_BYTES = 256 * 1024;
const MAX_IN_FLIGHT_BYTES = 8 * 1024 * 1024;
/** Spans whose other end does not come are noticed so often. */
const MAX_WAIT_MS = 500;

/**
 * Counts the spans on the bus and publishes what they come to as metrics of their tenants, until the signal aborts. One
 * process at a time may do it: both ends of an edge have to come together, and series have to be those of one counter.
 *
 * What is counted begins with nothing, as the counters of any process do. How far it was published is kept, so that whoever
 * goes on counts what came since; only ends of edges that still waited are lost.
 */
export async function watchSpans(options: WatchSpansOptions, signal: AbortSignal): Promise<void> {
  const { bus, config, clock, observer, log } = options;
  const { incarnation } = await streamState(bus, SUBJECTS.traces.stream);
  const place = createPlace(await openKv(bus, BUCKET, { replicas: options.replicas }), incarnation);
  const counter = createSpanCounter({ ...config, maxSeries: options.maxSeries, dropped: observer.dropped }, clock());
  const publish = createPublish(options, counter);
  const source = createSpanSource({
    ...{ bus, clock, log, maxLagMs: config.maxLagMs, skipped: observer.skipped },
    after: await place.read(),
  });

  const count = (message: StoredMessage): void => {
    try {
      counter.count(message, clock());
      observer.counted(message.records);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code !== "invalid_argument") throw error;
      // Storage puts the message aside and tells of it.
      observer.unreadable();
    }
  };
  const save = async (): Promise<void> => {
    const seq = source.seq();
    await publish();
    await place.write(seq);
  };

  try {
    let dueMs = clock() + config.publishIntervalMs;
    while (!signal.aborted) {
      await source.take(Math.min(MAX_WAIT_MS, Math.max(1, dueMs - clock())), signal, count);
      counter.expire(clock());
      if (clock() < dueMs) continue;
      dueMs = Math.max(dueMs + config.publishIntervalMs, clock());
      await save().catch(retryLater(log));
      counter.forget(clock());
      observer.holds(counter.size());
    }
    await save().catch(retryLater(log));
  } finally {
    await source.close();
  }
}

/** Series only grow: what could not be published now is part of what will be next time. */
function retryLater(log: Logger) {
  return (thrown: unknown): void => {
    const error = AppError.from(thrown);
    if (!error.retryable) throw error;
    log.warn({ error: error.message }, "metrics of spans cannot be published now");
  };
}

function createPublish({ bus, clock }: WatchSpansOptions, counter: ReturnType<typeof createSpanCounter>) {
  const publisher = createPublisher(bus, "spanMetrics", { as: "analyzer", maxInFlightBytes: MAX_IN_FLIGHT_BYTES });
  const owner = randomUUID();
  let published = 0;
  return async (): Promise<void> => {
    const nowMs = clock();
    for (const [tenant, families] of counter.families()) {
      const maxBytes = Math.min(PAYLOAD_BYTES, publisher.maxMessageBytes() / 2);
      for (const { payload, points } of metricsPayloads(families, { unixNano: nanosOfMs(nowMs), maxBytes })) {
        published += 1;
        const msgId = `${owner}-${published}`;
        await publisher.publish(payload, { tenant, records: points, msgId, receivedUnixNano: nanosOfMs(nowMs) });
      }
      counter.published(tenant, nowMs);
    }
  };
}
