import type { StoredMessage } from "@sightline/bus/message";
import type { Signal } from "@sightline/bus/subjects";
import { type AppError, invalid } from "@sightline/errors/app-error";
import { EVENTS_PATH } from "@sightline/events/batch";
import { createLogTranscoder } from "@sightline/otlp/logs";
import { type MessagePath, RECORD_PATHS } from "@sightline/otlp/message-path";
import { createMetricTranscoder } from "@sightline/otlp/metrics";
import { createSeriesMemory, type SeriesMemory } from "@sightline/otlp/series-memory";
import { createTraceTranscoder } from "@sightline/otlp/traces";
import { SERIES_SEEN_LAG_MS } from "../series-seen.ts";
import type { BatchTranscoder } from "./batch-transcoder.ts";
import { createEventTranscoder } from "./event-transcoder.ts";

/** A process remembers so many series as stored; more are written again and again, which is only slower. */
const MAX_REMEMBERED_SERIES = 500_000;

const transcoders: Readonly<Record<Signal, (memory?: SeriesMemory) => BatchTranscoder>> = {
  traces: () => createTraceTranscoder(),
  metrics: (memory) => createMetricTranscoder(memory),
  logs: () => createLogTranscoder(),
  events: () => createEventTranscoder(),
};

/** Where the records of a signal's messages lie. */
export const PATHS: Readonly<Record<Signal, MessagePath>> = { ...RECORD_PATHS, events: EVENTS_PATH };

/** A transcoder that leaves nothing out. */
export function createTranscoder(signal: Signal): BatchTranscoder {
  return transcoders[signal]();
}

/** Two transcoders to be used in turn, with one memory of what is stored. */
export function createTranscoderPair(signal: Signal): readonly [BatchTranscoder, BatchTranscoder] {
  const memory = createSeriesMemory({ maxSeries: MAX_REMEMBERED_SERIES, rewriteAfterMs: SERIES_SEEN_LAG_MS });
  return [transcoders[signal](memory), transcoders[signal](memory)];
}

/** Why a message, or a record in it, is not in the database: a closed list, for metrics. */
export type RejectReason = "no_tenant" | "malformed" | "invalid_record" | "refused_by_database";

/** A message, or one that has only some of its records. */
export interface MessagePart extends StoredMessage {
  /** Where in the message they begin, from 0; undefined for all of it. */
  readonly firstRecord?: number;
}

/** A message that is put aside, in whole or for a record in it. */
export interface Rejected {
  readonly message: MessagePart;
  readonly reason: RejectReason;
  readonly error: AppError;
}

/** Appends a message; says what is wrong with it, if anything is. Depends on nothing but the message. */
export function appendMessage(transcoder: BatchTranscoder, message: MessagePart): Rejected | undefined {
  if (message.tenant === "") {
    return { message, reason: "no_tenant", error: invalid("cannot store the message: it names no tenant") };
  }
  const appended = transcoder.append(message.payload, message);
  if (!appended.ok) return { message, reason: "malformed", error: appended.error };
  if (appended.rejected !== undefined) return { message, reason: "invalid_record", error: appended.rejected };
  return undefined;
}
