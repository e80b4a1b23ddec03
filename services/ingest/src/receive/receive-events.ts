import { type AppError, invalid } from "@sightline/errors/app-error";
import { countEvents, EVENTS_PATH, type KeptEvent, type KeptOrReason, writeEventBatch } from "@sightline/events/batch";
import type { ReceivedAt } from "@sightline/events/validate";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { RecordRules } from "@sightline/otlp/validate";
import type { StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import type { Store } from "../commit/store.ts";
import { charged } from "../limits/charged.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics, Protocol, RecordRefusal } from "../metrics.ts";
import { beyondLimits } from "./event-limits.ts";

/** How many events one request may have. */
export const MAX_EVENTS = 10_000;

/** Says that a request has more. */
export function tooManyEvents(): AppError {
  return invalid(`cannot store the events: want at most ${MAX_EVENTS} in one request`);
}

/** Shows the events of a request in their order, as soon as it is known when they were received. */
export type ReadEvents = (received: ReceivedAt, visit: (event: KeptOrReason) => void) => void;

/** Events of one request. */
export interface EventsRequest {
  readonly tenant: string;
  readonly protocol: Protocol;
  readonly read: ReadEvents;
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

/** The one way of events to the bus, for all doors. */
export function createReceiveEvents({ store, metrics, clock, gate }: EventsOptions): ReceiveEvents {
  return async ({ tenant, protocol, read, signal }) => {
    const startedAt = performance.now();
    const now = clock();
    const receivedUnixNano = nanosOfMs(now);
    const received = { receivedUnixNano, newId: () => uuid7(now) };
    const rules = gate.rules(tenant, now);
    const good: KeptEvent[] = [];
    const refused: RecordRefusal[] = [];
    const answer: StoreEventsResponse = { eventIds: [], rejected: [] };
    read(received, (event) => {
      const index = answer.eventIds.length;
      if (index === MAX_EVENTS) throw tooManyEvents();
      const result = judge(event, rules);
      answer.eventIds.push("kept" in result ? result.kept.eventId : "");
      if ("kept" in result) {
        good.push(result.kept);
        return;
      }
      refused.push(result.refusal);
      answer.rejected.push({ index, reason: result.reason });
    });
    const payload = writeEventBatch(good);
    const use = { bytes: payload.length, records: good.length };
    const entry = { signal: "events", tenant, payload, records: good.length, receivedUnixNano } as const;
    await charged(gate, { tenant, use }, () => store({ ...entry, path: EVENTS_PATH, count: countEvents }, signal));
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.accepted({ signal: "events", protocol, records: good.length, seconds });
    for (const reason of refused) metrics.refused("events", protocol, 1, reason);
    return answer;
  };
}

type Judged = { readonly kept: KeptEvent } | { readonly refusal: RecordRefusal; readonly reason: string };

function judge(event: KeptOrReason, rules: RecordRules): Judged {
  if ("reason" in event) return { refusal: "malformed", reason: event.reason };
  return beyondLimits(event.kept, rules) ?? event;
}
