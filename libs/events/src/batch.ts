import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { AppError, invalid } from "@sightline/errors/app-error";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";

/** An event as its sender wrote it. */
export interface SentEvent {
  readonly event: SystemEvent;
  /** The bytes it was read from. */
  readonly wire: Uint8Array;
}

/** An event to be written, with what it came as when that was protobuf. */
export interface KeptEvent {
  readonly event: SystemEvent;
  readonly sent?: SentEvent;
}

const EVENTS_FIELD = 1;

/**
 * Reads a serialized EventBatch, or a StoreEventsRequest, which has the same form. Throws `invalid_argument` when it is
 * none.
 */
export function readEventBatch(bytes: Uint8Array): SentEvent[] {
  const events: SentEvent[] = [];
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field !== EVENTS_FIELD || type !== WireType.LengthDelimited) {
        reader.skip(type, field);
        continue;
      }
      const wire = reader.bytes();
      events.push({ event: SystemEvent.decode(wire), wire });
    }
  } catch (cause) {
    throw invalid(`cannot decode the events: ${AppError.from(cause).message}`, cause);
  }
  return events;
}

/**
 * Serializes an EventBatch. What came as protobuf is not written anew: validation fills in a few fields only, and of a
 * field that is there twice the last one counts.
 */
export function writeEventBatch(events: readonly KeptEvent[]): Uint8Array {
  const parts = events.map(partOf);
  const size = parts.reduce((sum, { wire }) => sum + wire.length + HEAD_BYTES + MAX_FILLED_BYTES, 0);
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { wire, event, sent } of parts) {
    out[at++] = EVENTS_FIELD * 8 + WireType.LengthDelimited;
    at = writeVarint(out, at, wire.length + (sent === undefined ? 0 : filledBytes(event, sent)));
    out.set(wire, at);
    at += wire.length;
    if (sent !== undefined) at = writeFilled(out, at, { event, sent });
  }
  return out.subarray(0, at);
}

interface Part {
  readonly wire: Uint8Array;
  readonly event: SystemEvent;
  /** As it came, when what was filled in is to be written behind that. */
  readonly sent?: SystemEvent;
}

function partOf({ event, sent }: KeptEvent): Part {
  const isFilledOnly = sent !== undefined && (event.details === sent.event.details || event.details === NO_DETAILS);
  if (isFilledOnly) return { wire: sent.wire, event, sent: sent.event };
  return { wire: SystemEvent.encode(event).finish(), event };
}

const NO_DETAILS = "{}";
/** The field's tag and a length of up to 4 GiB. */
const HEAD_BYTES = 6;
const ID_BYTES = 36;
/** What `writeFilled` writes at most: two times, id, severity, details. */
const MAX_FILLED_BYTES = 9 + 9 + 2 + ID_BYTES + 2 + 4;

function filledBytes(event: SystemEvent, sent: SystemEvent): number {
  return (
    9 +
    (event.timeUnixNano === sent.timeUnixNano ? 0 : 9) +
    (event.eventId === sent.eventId ? 0 : 2 + ID_BYTES) +
    (event.severity === sent.severity ? 0 : 2) +
    (event.details === sent.details ? 0 : 4)
  );
}

/** The fields of event.proto that validation fills in, by their tags; answers where it ended. */
function writeFilled(out: Buffer, from: number, { event, sent }: { event: SystemEvent; sent: SystemEvent }): number {
  let at = from;
  out[at] = 14 * 8 + WireType.Bit64;
  at = out.writeBigUInt64LE(event.observedTimeUnixNano, at + 1);
  if (event.timeUnixNano !== sent.timeUnixNano) {
    out[at] = 2 * 8 + WireType.Bit64;
    at = out.writeBigUInt64LE(event.timeUnixNano, at + 1);
  }
  if (event.eventId !== sent.eventId) {
    out[at] = 1 * 8 + WireType.LengthDelimited;
    out[at + 1] = ID_BYTES;
    at += 2 + out.write(event.eventId, at + 2, ID_BYTES, "latin1");
  }
  if (event.severity !== sent.severity) {
    out[at] = 4 * 8 + WireType.Varint;
    out[at + 1] = event.severity;
    at += 2;
  }
  if (event.details !== sent.details) {
    out[at] = 10 * 8 + WireType.LengthDelimited;
    out[at + 1] = NO_DETAILS.length;
    at += 2 + out.write(NO_DETAILS, at + 2, "latin1");
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
