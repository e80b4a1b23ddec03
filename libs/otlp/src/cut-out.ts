import { LENGTH, next, openWire, type Wire } from "./wire.ts";

/** Bytes to leave out: whole fields with their tags. */
export interface Cut {
  readonly start: number;
  readonly end: number;
}

/**
 * A copy of a protobuf message without the cuts, the lengths of the messages around them made right again.
 *
 * @param cuts in the order of the bytes, not overlapping
 */
export function cutOut(bytes: Uint8Array, cuts: readonly Cut[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  copyWithout({ wire: openWire(bytes), bytes, cuts, at: 0 }, bytes.length, pieces);
  return Buffer.concat(pieces);
}

interface Copy {
  readonly wire: Wire;
  readonly bytes: Uint8Array;
  readonly cuts: readonly Cut[];
  /** Which cut comes next. */
  at: number;
}

/** Copies the fields from the wire's position to `end`; returns how many bytes are left of them. */
function copyWithout(copy: Copy, end: number, pieces: Uint8Array[]): number {
  const { wire, bytes, cuts } = copy;
  let length = 0;
  let verbatimFrom = wire.pos;
  const flush = (to: number) => {
    if (to > verbatimFrom) pieces.push(bytes.subarray(verbatimFrom, to));
    length += to - verbatimFrom;
  };
  for (let from = wire.pos, tag = next(wire, end); tag !== 0; from = wire.pos, tag = next(wire, end)) {
    const after = wire.pos;
    const cut = cuts[copy.at];
    if (cut === undefined || cut.start >= after) continue;
    flush(from);
    verbatimFrom = after;
    if (cut.start === from) {
      copy.at += 1;
      continue;
    }
    // The cut is inside: the field is a message, and its length changes.
    wire.pos = wire.start;
    const inner: Uint8Array[] = [];
    const innerLength = copyWithout(copy, after, inner);
    const head = headOf(tag, innerLength);
    pieces.push(head, ...inner);
    length += head.length + innerLength;
    wire.pos = after;
  }
  flush(end);
  return length;
}

/** A field's tag and length. */
function headOf(tag: number, length: number): Uint8Array {
  return Uint8Array.from([...varint((tag >>> 3) * 8 + LENGTH), ...varint(length)]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
