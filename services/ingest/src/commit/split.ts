import { AppError } from "@sightline/errors/app-error";

/**
 * Where the records of a message lie: at each level the number of the repeated field that leads to them, or the numbers
 * of a oneof, of which a message has one.
 */
export type MessagePath = readonly (number | readonly number[])[];

/** Spans and log records: field 2 of a scope, which is field 2 of a resource, which is field 1 of a request. */
export const RECORDS_PATH: MessagePath = [1, 2, 2];

/** Data points: field 1 of a metric's gauge, sum, histogram, exponential histogram or summary. */
export const METRICS_PATH: MessagePath = [1, 2, 2, [5, 7, 9, 10, 11], 1];

/** The events of an EventBatch. */
export const EVENTS_PATH: MessagePath = [1];

const LENGTH_DELIMITED = 2;

/**
 * Splits a protobuf message into several of at most `maxBytes` that are the same together: whole records, each under a
 * copy of what surrounds it (resource, scope). The message must be well-formed. Throws `too_large` when a single record
 * with what surrounds it is longer than that.
 */
export function splitMessage(message: Uint8Array, path: MessagePath, maxBytes: number): Uint8Array[] {
  if (message.length <= maxBytes) return [message];
  const [level, ...deeper] = path;
  const { items, rest } = fieldsOf(message, level);
  if (items.length === 0) throw tooLarge(message.length, maxBytes);
  const room = maxBytes - rest.length;
  const pieces = items.flatMap((item) => piecesOf(item, deeper, room));
  const groups = typeof level === "number" ? packed(pieces, room) : pieces.map((piece) => [piece]);
  return groups.map((fields) => Buffer.concat([rest, ...fields]));
}

/** As many in a row as fit together. */
function packed(pieces: readonly Uint8Array[], room: number): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let current: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (bytes + piece.length > room && current.length > 0) {
      groups.push(current);
      current = [];
      bytes = 0;
    }
    current.push(piece);
    bytes += piece.length;
  }
  return [...groups, current];
}

interface Field {
  /** The bytes of the tag. */
  readonly tag: Uint8Array;
  /** The bytes of the value, without tag and length. */
  readonly value: Uint8Array;
  /** All of it. */
  readonly whole: Uint8Array;
}

/** The field as it is when it fits, else as several of the same number. */
function piecesOf(field: Field, deeper: MessagePath, room: number): Uint8Array[] {
  if (field.whole.length <= room) return [field.whole];
  if (deeper.length === 0) throw tooLarge(field.whole.length, room);
  const head = field.tag.length + varintOf(field.value.length).length;
  return splitMessage(field.value, deeper, room - head).map((value) =>
    Buffer.concat([field.tag, varintOf(value.length), value]),
  );
}

/** The fields of a level, and all others as one run of bytes. */
function fieldsOf(message: Uint8Array, level: MessagePath[number] | undefined): { items: Field[]; rest: Uint8Array } {
  const wanted = new Set(typeof level === "number" ? [level] : level);
  const items: Field[] = [];
  const others: Uint8Array[] = [];
  let at = 0;
  while (at < message.length) {
    const start = at;
    const tag = readVarint(message, at);
    const type = tag.value & 7;
    const valueStart = type === LENGTH_DELIMITED ? readVarint(message, tag.end).end : tag.end;
    at = endOf(message, tag.end, type);
    const whole = message.subarray(start, at);
    if (wanted.has(tag.value >>> 3) && type === LENGTH_DELIMITED) {
      items.push({ tag: message.subarray(start, tag.end), value: message.subarray(valueStart, at), whole });
    } else {
      others.push(whole);
    }
  }
  return { items, rest: Buffer.concat(others) };
}

/** Where the value of a field ends (protobuf wire types 0, 1, 2 and 5; groups do not occur in proto3). */
function endOf(message: Uint8Array, at: number, type: number): number {
  if (type === 0) return readVarint(message, at).end;
  if (type === 1) return at + 8;
  if (type === 5) return at + 4;
  if (type !== LENGTH_DELIMITED)
    throw new AppError("invalid_argument", `cannot split the request: got wire type ${type}`);
  const length = readVarint(message, at);
  return length.end + length.value;
}

function readVarint(message: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  let scale = 1;
  let at = start;
  for (;;) {
    const byte = message[at++];
    if (byte === undefined) throw new AppError("invalid_argument", "cannot split the request: it is cut off");
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at };
    scale *= 128;
  }
}

function varintOf(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function tooLarge(got: number, want: number): AppError {
  return new AppError("too_large", `cannot take the request: a single record has ${got} bytes, want at most ${want}`);
}
