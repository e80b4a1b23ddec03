import { setTimeout as pause } from "node:timers/promises";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { nanosOfMs } from "@sightline/model/time";
import type { QueryAnswer, QueryApi, QueryRequest, QueryRoute } from "../http/query-api.ts";
import type { ApiContext } from "./endpoint.ts";
import { envelopeError } from "./envelope.ts";
import type { Notification, Notifications } from "./notifications.ts";

export const LIVE_NOTIFICATIONS: QueryRoute = { path: "/notifications/live" };
export const EVENT_STREAM = "text/event-stream";

const STOPPING = "Sightline is stopping: live answers end here.";

/** A notification as Prometheus tells it. */
export function notificationJson({ text, sinceMs }: Notification, active: boolean) {
  return { text, date: formatRfc3339(nanosOfMs(sinceMs)), active };
}

/**
 * `/notifications/live`: what is to be known of the system as server-sent events, each one when it begins and when it ends, until the
 * caller leaves, its key is over or the service stops. Who finds all places taken gets 204, by which browsers know not to come back.
 */
export function liveNotifications(
  prefix: string,
  { notifications, clock }: Pick<ApiContext, "notifications" | "clock">,
): QueryApi<QueryRoute> {
  return {
    prefix,
    endpoints: [LIVE_NOTIFICATIONS],
    answer: async (_route, request) => {
      const leave = notifications.takePlace(request.caller.tenant);
      if (leave === undefined) return { status: 204, contentType: EVENT_STREAM, pieces: [] };
      return eventStream(eventsUntilLeft(request, { notifications, nowMs: clock, leave }));
    },
    error: envelopeError,
  };
}

function eventStream(pieces: AsyncIterable<Uint8Array>): QueryAnswer {
  // Proxies are not to wait for more.
  return {
    contentType: EVENT_STREAM,
    headers: { "cache-control": "no-store", "x-accel-buffering": "no" },
    pieces,
    lasts: true,
  };
}

interface Told {
  readonly notifications: Notifications;
  nowMs(): number;
  leave(): void;
}

/** As bytes, which are sent at once. */
async function* eventsUntilLeft(
  request: QueryRequest,
  { notifications, nowMs, leave }: Told,
): AsyncGenerator<Uint8Array> {
  const { current, intervalMs, checkMs, stopping } = notifications;
  const roundsPerCheck = Math.max(1, Math.round(checkMs / intervalMs));
  const ended = AbortSignal.any([request.signal, stopping]);
  let told: readonly Notification[] = [];
  try {
    for (let round = 1; !ended.aborted; round++) {
      const now = await current();
      if (ended.aborted) break;
      const begun = now.filter((one) => !told.includes(one)).map((one) => notificationJson(one, true));
      const over = told.filter((one) => !now.includes(one)).map((one) => notificationJson(one, false));
      told = now;
      // A comment when there is nothing to tell: what is between learns that the connection is in use, we that it is not.
      yield Buffer.from([...over, ...begun].map(eventText).join("") || ":\n\n");
      await pause(intervalMs, undefined, { signal: ended }).catch(() => "ended");
      const isCheck = round % roundsPerCheck === 0;
      if (isCheck && !ended.aborted && !(await request.isStillAllowed())) return;
    }
    if (stopping.aborted) {
      yield Buffer.from(eventText(notificationJson({ text: STOPPING, sinceMs: nowMs() }, true)));
    }
  } finally {
    leave();
  }
}

function eventText(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
