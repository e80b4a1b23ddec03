import { AppError, invalid } from "@sightline/errors/app-error";
import type { EventOrReason, ReceivedAt } from "@sightline/events/validate";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { RecordRules } from "@sightline/otlp/validate";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import { EVENTS_PATH } from "../commit/split.ts";
import type { Store } from "../commit/store.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics, Protocol, RecordRefusal } from "../metrics.ts";
import { beyondLimits } from "./event-limits.ts";

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
  readonly gate: TenantGate;
}

/**
 * Takes the good events of a request; answers the id or the reason of each. Throws, with nothing stored,
 * `resource_exhausted` when the tenant sends too much, and `unavailable`.
 */
export type ReceiveEvents = (request: EventsRequest) => Promise<StoreEventsResponse>;

const MAX_EVENTS = 10_000;

/** The one way of events to the bus, for all doors. */
export function createReceiveEvents({ store, metrics, clock, gate }: EventsOptions): ReceiveEvents {
  return async ({ tenant, protocol, events, signal }) => {
    if (events.length > MAX_EVENTS) {
      throw invalid(`cannot store the events: got ${events.length} in one request, want at most ${MAX_EVENTS}`);
    }
    const startedAt = performance.now();
    const now = clock();
    const receivedUnixNano = nanosOfMs(now);
    const received = { receivedUnixNano, newId: () => uuid7(now) };
    const rules = gate.rules(tenant, now);
    const good: SystemEvent[] = [];
    const refused: RecordRefusal[] = [];
    const answer: StoreEventsResponse = { eventIds: [], rejected: [] };
    for (const [index, read] of events.entries()) {
      const result = judge(read(received), rules);
      answer.eventIds.push("event" in result ? result.event.eventId : "");
      if ("event" in result) {
        good.push(result.event);
        continue;
      }
      refused.push(result.refusal);
      answer.rejected.push({ index, reason: result.reason });
    }
    const payload = EventBatch.encode({ events: good }).finish();
    gate.charge(tenant, { bytes: payload.length, records: good.length });
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
    for (const reason of refused) metrics.refused("events", protocol, 1, reason);
    return answer;
  };
}

type Judged = { readonly event: SystemEvent } | { readonly refusal: RecordRefusal; readonly reason: string };

function judge(read: EventOrReason, rules: RecordRules): Judged {
  if ("reason" in read) return { refusal: "malformed", reason: read.reason };
  return beyondLimits(read.event, rules) ?? read;
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
