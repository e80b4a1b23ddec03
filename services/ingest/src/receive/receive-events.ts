import { invalid } from "@sightline/errors/app-error";
import { type KeptEvent, readEventBatch, writeEventBatch } from "@sightline/events/batch";
import type { EventOrReason, ReceivedAt } from "@sightline/events/validate";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { RecordRules } from "@sightline/otlp/validate";
import type { StoreEventsResponse } from "@sightline/proto/sightline/ingest/v1/event_service";
import { EVENTS_PATH } from "../commit/split.ts";
import type { Store } from "../commit/store.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics, Protocol, RecordRefusal } from "../metrics.ts";
import { beyondLimits } from "./event-limits.ts";

/** Reads an event, as soon as it is known when it was received; with what it came as when that was protobuf. */
export type ReadEvent = (received: ReceivedAt) => EventOrReason & Pick<KeptEvent, "sent">;

/** Events of one request, each read as soon as it is known when and by whom it was received. */
export interface EventsRequest {
  readonly tenant: string;
  readonly protocol: Protocol;
  /** In the order of the request. */
  readonly events: readonly ReadEvent[];
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
    const good: KeptEvent[] = [];
    const refused: RecordRefusal[] = [];
    const answer: StoreEventsResponse = { eventIds: [], rejected: [] };
    for (const [index, read] of events.entries()) {
      const result = judge(read(received), rules);
      answer.eventIds.push("event" in result ? result.event.eventId : "");
      if ("event" in result) {
        good.push(result);
        continue;
      }
      refused.push(result.refusal);
      answer.rejected.push({ index, reason: result.reason });
    }
    const payload = writeEventBatch(good);
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

type Judged = KeptEvent | { readonly refusal: RecordRefusal; readonly reason: string };

function judge(read: ReturnType<ReadEvent>, rules: RecordRules): Judged {
  if ("reason" in read) return { refusal: "malformed", reason: read.reason };
  return beyondLimits(read.event, rules) ?? read;
}

function countEvents(part: Uint8Array): number {
  return readEventBatch(part).length;
}
