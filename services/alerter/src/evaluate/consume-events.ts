import { type Bus, pause } from "@sightline/bus/connect";
import { type BusMessage, type Consumption, consume } from "@sightline/bus/consume";
import { STREAMS, SUBJECTS } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import { type Clock, msOfNanos } from "@sightline/model/time";
import { failpoint } from "@sightline/service/failpoint";
import { createLanes, type Lanes } from "../dispatch/lanes.ts";
import type { AlerterMetrics } from "../metrics.ts";
import type { EventEvaluator } from "./events.ts";
import { createUnsettledMessages } from "./unsettled-messages.ts";

export interface ConsumeEventsOptions {
  readonly clock: Clock;
  readonly events: Pick<EventEvaluator, "take">;
  readonly metrics: Pick<AlerterMetrics, "events" | "eventsDropped">;
  readonly signal: AbortSignal;
  /** After the start it is unknown for so long what waits on the bus, milliseconds. */
  readonly settleMs: number;
  /** Called after alerts were moved. */
  readonly onMoved: () => void;
  /** Names the place on the bus. Default: that of the first kind of rules. */
  readonly durable?: string;
  /** Where a new durable begins. Default: with the oldest event that is left. */
  readonly from?: "all" | "new";
}

export interface EventConsumption {
  /** Up to when all events of a tenant have been taken in, milliseconds since the Unix epoch; undefined when that cannot be told. */
  knownUntilMs(tenant: string): number | undefined;
  /** Stops, after what is being taken in. */
  close(): Promise<void>;
}

/** The subjects that conditions are about. */
export const EVENT_SUBJECTS = ["events", "anomaly", "health", "storage", "inbound"] as const;

interface Reading {
  readonly consumption: Consumption;
  /** Up to when a tenant's events have been taken in, given what time it is. */
  readonly knownUntilMs: (tenant: string, nowMs: number) => number;
}

/** Messages of a subject that are taken from the bus at the same time: as many as it hands out. */
const AT_ONCE = 100;
/** Tenants whose messages are taken in at the same time: more would only wait for connections to Postgres, and others with them. */
const TENANTS_AT_ONCE = 32;

/** How soon at the latest it is tried again what could not be taken in. */
const RETRY_MS = 1000;

/**
 * Feeds every event of the bus to the rules. A message is acknowledged once what follows from it is in Postgres. Those of a tenant are taken in
 * one after the other, also while one cannot be: an end that overtook its beginning would be the end of nothing. Nobody waits for another
 * tenant's, unless that has a hundred waiting or 32 of them take long.
 */
export async function consumeEvents(bus: Bus, options: ConsumeEventsOptions): Promise<EventConsumption> {
  const { clock, settleMs } = options;
  const startedMs = clock();
  const room = createLanes(TENANTS_AT_ONCE);
  const readings = await Promise.all(EVENT_SUBJECTS.map((subject) => read(bus, subject, { ...options, room })));
  return {
    knownUntilMs(tenant) {
      const nowMs = clock();
      if (!bus.isConnected() || nowMs - startedMs < settleMs) return undefined;
      return Math.min(...readings.map((reading) => reading.knownUntilMs(tenant, nowMs)));
    },
    close: async () => {
      await Promise.all(readings.map(({ consumption }) => consumption.close()));
    },
  };
}

interface ReadOptions extends ConsumeEventsOptions {
  /** Shared by all subjects, as the connections to Postgres are. */
  readonly room: Lanes;
}

async function read(
  bus: Bus,
  subject: (typeof EVENT_SUBJECTS)[number],
  { clock, events, room, metrics, signal, onMoved, durable = "alerter", from = "all" }: ReadOptions,
): Promise<Reading> {
  const closing = new AbortController();
  const ending = AbortSignal.any([signal, closing.signal]);
  /** When the newest one was received that was begun with: what was not is newer. */
  let lastBegunMs = 0;
  const { maxAgeSeconds } = STREAMS[SUBJECTS[subject].stream];
  const unsettled = createUnsettledMessages({ clock, maxAgeMs: maxAgeSeconds * 1000 });
  const lanes = createLanes(1);
  const onMessage = async (message: BusMessage) => {
    const { tenant } = message;
    const place = placeOf(message);
    const receivedMs = msOfNanos(message.receivedUnixNano);
    lastBegunMs = Math.max(lastBegunMs, receivedMs);
    unsettled.begin(place, { tenant, receivedMs });
    const take = async () => {
      // What waited for its turn is for whoever goes on.
      if (ending.aborted) throw new AppError("cancelled", "cannot take events in: stopping");
      return events.take({ ...message, place });
    };
    const onRetry = ({ message: error }: AppError) =>
      bus.log.warn({ subject: message.subject, seq: message.seq, tenant, error }, "events wait to be taken in");
    const inTurn = () => untilTaken(() => room.run("", take), { signal: ending, onRetry });
    const moved = await lanes.run(tenant, inTurn).catch((thrown: unknown) => {
      unsettled.fail(place);
      throw thrown;
    });
    if (moved > 0) failpoint("alerter.outbox-committed");
    unsettled.settle(place);
    metrics.events.inc({ subject }, message.records);
    if (moved > 0) onMoved();
  };
  const consumption = await consume(bus, {
    subjects: [subject],
    as: "alerter",
    durable,
    from,
    maxConcurrent: AT_ONCE,
    signal,
    onMessage,
    onGiveUp: (message) => {
      unsettled.settle(placeOf(message));
      metrics.eventsDropped.inc({ reason: "unreadable" });
    },
  });
  const knownUntilMs = (tenant: string, nowMs: number) => {
    const isAllBegun = consumption.pending() === 0 && unsettled.size() < AT_ONCE;
    return Math.min(isAllBegun ? nowMs : lastBegunMs, unsettled.oldestMs(tenant));
  };
  const close = () => {
    closing.abort();
    return consumption.close();
  };
  return { consumption: { ...consumption, close }, knownUntilMs };
}

interface Trying {
  readonly signal: AbortSignal;
  /** Told once. */
  readonly onRetry: (error: AppError) => void;
}

/** Does it until it is done, or fails with what trying again will not mend, or is stopped. */
async function untilTaken(take: () => Promise<number>, { signal, onRetry }: Trying): Promise<number> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await take();
    } catch (thrown) {
      const error = AppError.from(thrown);
      // Cancelled is also what a group was doing that has just gone: the others still want the events.
      const isPassing = error.retryable || error.code === "cancelled";
      if (signal.aborted || !isPassing) throw error;
      if (attempts === 1) onRetry(error);
      await pause(Math.min(error.retryAfterMs ?? RETRY_MS, RETRY_MS), signal);
    }
  }
}

/** The time makes it another place when the stream was made anew and counts from 1 again. */
function placeOf({ subject, seq, receivedUnixNano }: BusMessage): string {
  return `${subject} ${seq} ${receivedUnixNano}`;
}
