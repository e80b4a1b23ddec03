import { invalid } from "@sightline/errors/app-error";
import { eventMatcher } from "@sightline/events/filter";
import { eventToJson } from "@sightline/events/json";
import { parseSeverity, severityToProto } from "@sightline/events/severity";
import { EventFilters, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { LogRecord } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";
import { logRecordToJson } from "../json/logs.ts";
import { logMatcher } from "./log-matcher.ts";

/** One or several values, as a client may write a filter. */
const values = z.union([z.string().transform((value) => [value]), z.array(z.string()).max(100)]).default([]);

const eventFilters = z
  .strictObject({
    type: values,
    severity: values,
    source: values,
    category: values,
    target: values,
    q: z.string().max(1000).default(""),
  })
  .prefault({});

const logFilters = z
  .strictObject({
    service: values,
    minSeverity: z.string().default(""),
    traceId: z.string().default(""),
    q: z.string().max(1000).default(""),
  })
  .prefault({});

const id = z.string().min(1).max(64);

/** What a client may say. */
export const clientMessage = z.union([
  z.strictObject({
    subscribe: z.discriminatedUnion("stream", [
      z.strictObject({ id, stream: z.literal("events"), filters: eventFilters }),
      z.strictObject({ id, stream: z.literal("logs"), filters: logFilters }),
    ]),
  }),
  z.strictObject({ unsubscribe: z.strictObject({ id }) }),
]);

export type Subscribe = Extract<z.output<typeof clientMessage>, { subscribe: unknown }>["subscribe"];

/** What a subscription makes of what passes: the message for the client, or undefined when it does not match. */
export type Subscription =
  | { readonly stream: "events"; message(event: SystemEvent): object | undefined }
  | { readonly stream: "logs"; message(record: LogRecord): object | undefined };

/** Throws an AppError when a filter holds no severity. */
export function createSubscription(subscribe: Subscribe): Subscription {
  if (subscribe.stream === "logs") {
    const { service, minSeverity, traceId, q } = subscribe.filters;
    const matches = logMatcher({
      services: service,
      minSeverity: minSeverity === "" ? undefined : severityOf(minSeverity),
      traceId,
      searchText: q,
    });
    return {
      stream: "logs",
      message: (record) => (matches(record) ? { id: subscribe.id, record: logRecordToJson(record) } : undefined),
    };
  }
  const { type, severity, source, category, target, q } = subscribe.filters;
  const matches = eventMatcher(
    EventFilters.fromPartial({
      eventTypes: type,
      severities: severity.map((name) => severityToProto(severityOf(name))),
      sources: source,
      categories: category,
      targets: target,
      searchText: q,
    }),
  );
  return {
    stream: "events",
    message: (event) => (matches(event) ? { id: subscribe.id, event: eventToJson(event) } : undefined),
  };
}

function severityOf(name: string) {
  const severity = parseSeverity(name);
  if (severity === undefined)
    throw invalid(`cannot read severity: got ${JSON.stringify(name)}, want debug, info, warning, error or critical`);
  return severity;
}
