import { endOfVarint, next, openWire, type Wire } from "./wire.ts";

/** Bytes to leave out: whole fields with their tags, one or several in a row. */
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
  const copy: Copy = { wire: openWire(bytes), bytes, cuts, at: 0, out: Buffer.allocUnsafe(bytes.length), length: 0 };
  copyWithout(copy, bytes.length);
  return copy.out.subarray(0, copy.length);
}

interface Copy {
  readonly wire: Wire;
  readonly bytes: Uint8Array;
  readonly cuts: readonly Cut[];
  /** Which cut comes next. */
  at: number;
  /** As long as what is copied: it can only become shorter. */
  readonly out: Buffer;
  /** Bytes written. */
  length: number;
}

/** Copies the fields from the wire's position to `end`. */
function copyWithout(copy: Copy, end: number): void {
  const { wire, cuts } = copy;
  let verbatimFrom = wire.pos;
  for (let from = wire.pos, tag = next(wire, end); tag !== 0; from = wire.pos, tag = next(wire, end)) {
    const after = wire.pos;
    const cut = cuts[copy.at];
    if (cut === undefined) break;
    if (cut.start >= after) continue;
    append(copy, verbatimFrom, from);
    verbatimFrom = after;
    if (cut.start > from) copyInner(copy, from, after);
    else if (after >= cut.end) copy.at += 1;
  }
  append(copy, verbatimFrom, end);
}

/** Copies a field that a cut is inside of: it is a message, and its length changes. */
function copyInner(copy: Copy, from: number, after: number): void {
  const { wire, bytes, out } = copy;
  const { start } = wire;
  const lengthFrom = endOfVarint(bytes, from, start);
  append(copy, from, start);
  const innerFrom = copy.length;
  wire.pos = start;
  copyWithout(copy, after);
  wire.pos = after;
  // In as many bytes as before, with leading groups of zeros if need be, which protobuf allows.
  let rest = copy.length - innerFrom;
  for (let at = innerFrom - (start - lengthFrom); at < innerFrom - 1; at++) {
    out[at] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  out[innerFrom - 1] = rest;
}

function append(copy: Copy, from: number, to: number): void {
  copy.out.set(copy.bytes.subarray(from, to), copy.length);
  copy.length += to - from;
}
