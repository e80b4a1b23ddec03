import type { Bus } from "@sightline/bus/connect";
import { type BusMessage, type Consumption, consume } from "@sightline/bus/consume";
import { type Clock, msOfNanos } from "@sightline/model/time";
import { failpoint } from "@sightline/service/failpoint";
import type { AlerterMetrics } from "../metrics.ts";
import type { EventEvaluator } from "./events.ts";

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
  /** Up to when all events have been taken in, milliseconds since the Unix epoch; undefined when that cannot be told. */
  knownUntilMs(): number | undefined;
  /** Stops, after the message at hand. */
  close(): Promise<void>;
}

/** The subjects that conditions are about. */
export const EVENT_SUBJECTS = ["events", "anomaly", "health", "storage", "inbound"] as const;

interface Reading {
  readonly consumption: Consumption;
  /** Up to when its events have been taken in, given what time it is. */
  readonly knownUntilMs: (nowMs: number) => number;
}

/** Feeds every event of the bus to the rules. A message is acknowledged once what follows from it is in Postgres. */
export async function consumeEvents(bus: Bus, options: ConsumeEventsOptions): Promise<EventConsumption> {
  const { clock, settleMs } = options;
  const startedMs = clock();
  const readings = await Promise.all(EVENT_SUBJECTS.map((subject) => read(bus, subject, options)));
  return {
    knownUntilMs() {
      const nowMs = clock();
      if (!bus.isConnected() || nowMs - startedMs < settleMs) return undefined;
      return Math.min(...readings.map((reading) => reading.knownUntilMs(nowMs)));
    },
    close: async () => {
      await Promise.all(readings.map(({ consumption }) => consumption.close()));
    },
  };
}

async function read(
  bus: Bus,
  subject: (typeof EVENT_SUBJECTS)[number],
  { events, metrics, signal, onMoved, durable = "alerter", from = "all" }: ConsumeEventsOptions,
): Promise<Reading> {
  let lastReceivedMs = 0;
  /** When the messages at hand, and those that failed and will come again, were received, by their places. */
  const unsettled = new Map<string, number>();
  const onMessage = async (message: BusMessage) => {
    const place = placeOf(message);
    const receivedMs = msOfNanos(message.receivedUnixNano);
    unsettled.set(place, receivedMs);
    const moved = await events.take({ ...message, place });
    if (moved > 0) failpoint("alerter.outbox-committed");
    unsettled.delete(place);
    lastReceivedMs = receivedMs;
    metrics.events.inc({ subject }, message.records);
    if (moved > 0) onMoved();
  };
  const consumption = await consume(bus, {
    subjects: [subject],
    as: "alerter",
    durable,
    from,
    signal,
    onMessage,
    onGiveUp: (message) => {
      unsettled.delete(placeOf(message));
      metrics.eventsDropped.inc({ reason: "unreadable" });
    },
  });
  const knownUntilMs = (nowMs: number) =>
    Math.min(consumption.pending() === 0 ? nowMs : lastReceivedMs, ...unsettled.values());
  return { consumption, knownUntilMs };
}

/** The time makes it another place when the stream was made anew and counts from 1 again. */
function placeOf({ subject, seq, receivedUnixNano }: BusMessage): string {
  return `${subject} ${seq} ${receivedUnixNano}`;
}
