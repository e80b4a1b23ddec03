import { WireType } from "@bufbuild/protobuf/wire";
import type { MessagePath } from "@sightline/otlp/message-path";
import { isSet } from "@sightline/otlp/times";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { type ReceivedAt, validateEvent } from "./validate.ts";
import { isPlainlyValid } from "./wire-check.ts";
import { decodeEvent, openWireEvents, textOf, timeOf, type WireEvent, walkEvents } from "./wire-event.ts";

/** Where the events of an EventBatch lie. */
export const EVENTS_PATH: MessagePath = [1];

/** A valid event as it will be written. */
export interface KeptEvent {
  readonly eventId: string;
  readonly timeUnixNano: bigint;
  /** Has it serialized, from `start` to `end`; of what came as protobuf all that the sender sent. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** What is to be written behind the sender's bytes: of a field that is there twice the last one counts. */
  readonly filled?: FilledIn;
}

/** What validation fills in; undefined where the sender has said it. */
export interface FilledIn {
  readonly observedTimeUnixNano: bigint;
  readonly timeUnixNano: bigint | undefined;
  readonly eventId: string | undefined;
  readonly severity: number | undefined;
  readonly details: string | undefined;
}

/** The event as it may be kept, or why it may not, naming the field. */
export type KeptOrReason = { readonly kept: KeptEvent } | { readonly reason: string };

/** An event that came as something else than protobuf. */
export function keepEvent(event: SystemEvent): KeptEvent {
  const wire = SystemEvent.encode(event).finish();
  const bytes = Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength);
  return { eventId: event.eventId, timeUnixNano: event.timeUnixNano, bytes, start: 0, end: bytes.length };
}

/**
 * Validates the event at hand, as `validateEvent` does. One that is plainly valid is kept as the bytes it came as; they
 * are not copied.
 */
export function keepWireEvent(event: WireEvent, received: ReceivedAt): KeptOrReason {
  const sentId = textOf(event, event.eventId);
  if (!isPlainlyValid(event) || sentId !== sentId.toLowerCase()) {
    const outcome = validateEvent(decodeEvent(event), received);
    return "event" in outcome ? { kept: keepEvent(outcome.event) } : outcome;
  }
  const { receivedUnixNano } = received;
  const eventId = sentId === "" ? received.newId() : sentId;
  const hasTime = isSet(event.time);
  const timeUnixNano = hasTime ? timeOf(event) : receivedUnixNano;
  const kept = {
    eventId,
    timeUnixNano,
    bytes: event.buffer,
    start: event.start,
    end: event.end,
    filled: {
      observedTimeUnixNano: receivedUnixNano,
      timeUnixNano: hasTime ? undefined : timeUnixNano,
      eventId: sentId === "" ? eventId : undefined,
      severity: event.severity === 0 ? INFO : undefined,
      details: event.details.start === event.details.end ? NO_DETAILS : undefined,
    },
  };
  return { kept };
}

const INFO = 2;
const NO_DETAILS = "{}";

/** How many events a batch has. Throws `invalid_argument` when it is none. */
export function countEvents(batch: Uint8Array): number {
  let count = 0;
  walkEvents(openWireEvents(batch), () => {
    count++;
  });
  return count;
}

/** Serializes an EventBatch. */
export function writeEventBatch(events: readonly KeptEvent[]): Uint8Array {
  const size = events.reduce((sum, { start, end }) => sum + end - start + HEAD_BYTES + MAX_FILLED_BYTES, 0);
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { bytes, start, end, filled } of events) {
    out[at++] = EVENTS_FIELD * 8 + WireType.LengthDelimited;
    at = writeVarint(out, at, end - start + (filled === undefined ? 0 : filledBytes(filled)));
    at += bytes.copy(out, at, start, end);
    if (filled !== undefined) at = writeFilled(out, at, filled);
  }
  return out.subarray(0, at);
}

const EVENTS_FIELD = 1;
/** The field's tag and a length of up to 4 GiB. */
const HEAD_BYTES = 6;
const ID_BYTES = 36;
/** What `writeFilled` writes at most: two times, id, severity, details. */
const MAX_FILLED_BYTES = 9 + 9 + 2 + ID_BYTES + 2 + 4;

function filledBytes({ timeUnixNano, eventId, severity, details }: FilledIn): number {
  return (
    9 +
    (timeUnixNano === undefined ? 0 : 9) +
    (eventId === undefined ? 0 : 2 + ID_BYTES) +
    (severity === undefined ? 0 : 2) +
    (details === undefined ? 0 : 4)
  );
}

/** The fields of event.proto that validation fills in, by their tags; answers where it ended. */
function writeFilled(out: Buffer, from: number, filled: FilledIn): number {
  let at = from;
  out[at] = 14 * 8 + WireType.Bit64;
  at = out.writeBigUInt64LE(filled.observedTimeUnixNano, at + 1);
  if (filled.timeUnixNano !== undefined) {
    out[at] = 2 * 8 + WireType.Bit64;
    at = out.writeBigUInt64LE(filled.timeUnixNano, at + 1);
  }
  if (filled.eventId !== undefined) {
    out[at] = 1 * 8 + WireType.LengthDelimited;
    out[at + 1] = ID_BYTES;
    at += 2 + out.write(filled.eventId, at + 2, ID_BYTES, "latin1");
  }
  if (filled.severity !== undefined) {
    out[at] = 4 * 8 + WireType.Varint;
    out[at + 1] = filled.severity;
    at += 2;
  }
  if (filled.details !== undefined) {
    out[at] = 10 * 8 + WireType.LengthDelimited;
    out[at + 1] = NO_DETAILS.length;
    at += 2 + out.write(filled.details, at + 2, "latin1");
  }
  return at;
}

function writeVarint(out: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
  out[at++] = rest;
  return at;
}
