import { createHash } from "node:crypto";
import type { PublishOptions } from "@sightline/bus/publish";
import { nanosOfMs } from "@sightline/model/time";
import { PostAlertsRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Clients } from "../clients.ts";
import type { Bounded } from "./bounded.ts";
import { type EventContext, keptEvent } from "./kept-event.ts";
import type { Dropped, Interaction, ToldAlert } from "./told.ts";

/** Puts messages on the bus; resolves when it holds them. */
export interface EventPublisher {
  publish(payload: Uint8Array, options: PublishOptions, signal?: AbortSignal): Promise<unknown>;
}

export interface DeliverOptions extends EventContext {
  readonly alertsLastMs: number;
  readonly signal: AbortSignal;
}

/** What was passed on. */
export interface Delivered {
  readonly alerts: number;
  readonly events: number;
  readonly dropped: readonly Dropped[];
}

export interface Destination extends Pick<Clients, "alertmanager" | "interactions"> {
  readonly publisher: EventPublisher;
}

const DEADLINE_MS = 15_000;
/** Somebody waits who pressed a button. */
const INTERACTION_DEADLINE_MS = 1800;
const MAX_BATCH_BYTES = 256 * 1024;

/**
 * Passes on what a request means, to the alerter and to the bus. Throws when either cannot take it now: then all of it may be sent again;
 * and invalid_argument for an interaction that is none.
 */
export async function deliver(told: Bounded, options: DeliverOptions, to: Destination): Promise<Delivered> {
  if (told.interaction !== undefined) await deliverInteraction(told.interaction, options, to);
  const refused = await deliverAlerts(told.alerts, options, to);
  const events: SystemEvent[] = [];
  const dropped: Dropped[] = [...told.dropped, ...refused];
  for (const event of told.events) {
    const kept = keptEvent(event, options);
    if ("reason" in kept) dropped.push(kept);
    else events.push(kept);
  }
  for (const batch of batchesOf(events)) await publishBatch(batch, options, to);
  return { alerts: told.alerts.length - refused.length, events: events.length, dropped };
}

/** Who pressed is told there what came of it. */
async function deliverInteraction(
  { channel, payload }: Interaction,
  { tenant, signal }: DeliverOptions,
  { interactions }: Destination,
): Promise<void> {
  const request = { channel, payload: Buffer.from(JSON.stringify(payload)) };
  await interactions.call("interact", request, { tenant, signal, deadlineMs: INTERACTION_DEADLINE_MS });
}

async function deliverAlerts(
  alerts: readonly ToldAlert[],
  options: DeliverOptions,
  { alertmanager }: Destination,
): Promise<Dropped[]> {
  if (alerts.length === 0) return [];
  const request = PostAlertsRequest.fromPartial({ alerts: alerts.map((alert) => posted(alert, options)) });
  const { tenant, signal } = options;
  const { refusals } = await alertmanager.call("postAlerts", request, { tenant, signal, deadlineMs: DEADLINE_MS });
  return refusals.map((what) => ({ reason: "refused", what }));
}

function posted(alert: ToldAlert, { receivedMs, alertsLastMs }: DeliverOptions) {
  const { labels, annotations, status, startsAtMs, endsAtMs, link } = alert;
  const isFiring = status === "firing";
  // What fires has not ended, whatever the sender's clock says; what is over is over now.
  const endMs = isFiring
    ? endsAtMs !== undefined && endsAtMs > receivedMs
      ? endsAtMs
      : receivedMs + alertsLastMs
    : Math.min(endsAtMs ?? receivedMs, receivedMs);
  const startMs = startsAtMs ?? (isFiring ? receivedMs : undefined);
  return {
    labels,
    annotations,
    generatorUrl: link ?? "",
    startsAtUnixMs: startMs === undefined ? undefined : BigInt(Math.min(startMs, endMs)),
    endsAtUnixMs: BigInt(endMs),
  };
}

function* batchesOf(events: readonly SystemEvent[]): Generator<SystemEvent[]> {
  let batch: SystemEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    // An estimate will do: a message may be four times as long.
    const size = event.details.length + event.description.length + event.title.length + 256;
    if (batch.length > 0 && bytes + size > MAX_BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function publishBatch(
  events: SystemEvent[],
  { tenant, receivedMs, signal }: DeliverOptions,
  { publisher }: Destination,
): Promise<void> {
  const payload = EventBatch.encode({ events }).finish();
  const ids = events.map(({ eventId }) => eventId).join(" ");
  // Ids of events are of a tenant and source already.
  const msgId = createHash("sha256").update(ids).digest("hex");
  const about = { tenant, records: events.length, msgId, receivedUnixNano: nanosOfMs(receivedMs) };
  await publisher.publish(payload, about, signal);
}
