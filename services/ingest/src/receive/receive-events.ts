import { AppError, invalid } from "@sightline/errors/app-error";
import type { EventOrReason, ReceivedAt } from "@sightline/events/validate";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import { EVENTS_PATH } from "../commit/split.ts";
import type { Store } from "../commit/store.ts";
import type { IngestMetrics, Protocol } from "../metrics.ts";

/** Events of one request, each read as soon as it is known when and by whom it was received. */
export interface EventsRequest {
  readonly tenant: string;
  readonly protocol: Protocol;
  /** In the order of the request. */
  readonly events: readonly ((received: ReceivedAt) => EventOrReason)[];
  readonly signal?: AbortSignal;
}

export interface EventsOptions {
  readonly store: Store;
  readonly metrics: IngestMetrics;
  readonly clock: Clock;
}

/** Takes the good events of a request; answers the id or the reason of each. Throws `unavailable` with nothing stored. */
export type ReceiveEvents = (request: EventsRequest) => Promise<StoreEventsResponse>;

const MAX_EVENTS = 10_000;

/** The one way of events to the bus, for all doors. */
export function createReceiveEvents({ store, metrics, clock }: EventsOptions): ReceiveEvents {
  return async ({ tenant, protocol, events, signal }) => {
    if (events.length > MAX_EVENTS) {
      throw invalid(`cannot store the events: got ${events.length} in one request, want at most ${MAX_EVENTS}`);
    }
    const startedAt = performance.now();
    const now = clock();
    const received = { receivedUnixNano: nanosOfMs(now), newId: () => uuid7(now) };
    const good: SystemEvent[] = [];
    const answer: StoreEventsResponse = { eventIds: [], rejected: [] };
    for (const [index, read] of events.entries()) {
      const result = read(received);
      answer.eventIds.push("reason" in result ? "" : result.event.eventId);
      if ("reason" in result) answer.rejected.push({ index, reason: result.reason });
      else good.push(result.event);
    }
    const payload = EventBatch.encode({ events: good }).finish();
    const { receivedUnixNano } = received;
    await store(
      {
        signal: "events",
        tenant,
        payload,
        records: good.length,
        receivedUnixNano,
        path: EVENTS_PATH,
        count: countEvents,
      },
      signal,
    );
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.accepted({ signal: "events", protocol, records: good.length, seconds });
    if (answer.rejected.length > 0) metrics.refused("events", protocol, answer.rejected.length);
    return answer;
  };
}

function countEvents(part: Uint8Array): number {
  return decodeEvents(part).length;
}

/** The events of a serialized EventBatch or StoreEventsRequest, which have the same form. */
export function decodeEvents(bytes: Uint8Array): SystemEvent[] {
  try {
    return EventBatch.decode(bytes).events;
  } catch (cause) {
    throw invalid(`cannot decode the events: ${AppError.from(cause).message}`, cause);
  }
}
