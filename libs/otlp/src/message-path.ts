import { endOfVarint, LENGTH, next, openWire } from "./wire.ts";

/**
 * Where the records of a message lie: at each level the number of the repeated field that leads to them, or the numbers
 * of a oneof, of which a message has one.
 */
export type MessagePath = readonly (number | readonly number[])[];

/** Spans and log records: field 2 of a scope, which is field 2 of a resource, which is field 1 of a request. */
const RECORDS: MessagePath = [1, 2, 2];

/** Where the records of an export request lie; those of metrics are the points of a metric's one kind of data. */
export const RECORD_PATHS = {
  traces: RECORDS,
  metrics: [1, 2, 2, [5, 7, 9, 10, 11], 1],
  logs: RECORDS,
} as const satisfies Record<string, MessagePath>;

/** One field of a message. */
export interface MessageField {
  /** The bytes of the tag. */
  readonly tag: Uint8Array;
  /** The bytes of the value, without tag and length. */
  readonly value: Uint8Array;
  /** All of it. */
  readonly whole: Uint8Array;
}

/** The fields of a message that lead on to its records, and all others as one run of bytes. */
export interface MessageLevel {
  readonly items: readonly MessageField[];
  readonly rest: Uint8Array;
}

/** Reads one level of a message. Throws `invalid_argument` when it is malformed. */
export function readLevel(message: Uint8Array, level: MessagePath[number] | undefined): MessageLevel {
  const wanted = new Set((typeof level === "number" ? [level] : (level ?? [])).map((field) => field * 8 + LENGTH));
  const items: MessageField[] = [];
  const others: Uint8Array[] = [];
  const wire = openWire(message);
  for (let from = 0, tag = next(wire, message.length); tag !== 0; from = wire.pos, tag = next(wire, message.length)) {
    const whole = message.subarray(from, wire.pos);
    if (!wanted.has(tag)) {
      others.push(whole);
      continue;
    }
    const tagEnd = endOfVarint(message, from, wire.pos);
    items.push({ tag: message.subarray(from, tagEnd), value: message.subarray(wire.start, wire.pos), whole });
  }
  return { items, rest: Buffer.concat(others) };
}

/** A field's tag and length for a value of so many bytes. */
export function fieldHead({ tag }: Pick<MessageField, "tag">, valueBytes: number): Uint8Array {
  const bytes: number[] = [...tag];
  let left = valueBytes;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  bytes.push(left);
  return Uint8Array.from(bytes);
}
