import { AppError } from "@sightline/errors/app-error";

/**
 * What comes from a NATS server, cut between two messages of its protocol (docs.nats.io, reference/nats-protocol).
 *
 * The socket reads into a large buffer of ours, and a message is a part of that buffer: nothing is copied. The client's
 * own parser does the same with messages that lie within what it is given, while it gathers one of half a megabyte from
 * eight reads by doubling a buffer, which costs five times as much as reading it.
 */
export interface Frames {
  /** Where the next bytes are to be put; never empty. To be asked anew after each `filled`. */
  space(): Uint8Array;
  /**
   * So many bytes were put there. Answers the messages that are now complete, in order, some of the small ones together.
   * Throws AppError `internal` when this is no NATS protocol.
   */
  filled(bytes: number): Uint8Array[];
}

/** Three messages of half a megabyte and a part of a fourth. */
const BUFFER_BYTES = 1 << 21;
/** Reads of less are not worth a call. */
const MIN_SPACE_BYTES = 1 << 16;
/** Small messages are copied, so that who keeps one keeps not two megabytes. */
const LARGE_BYTES = 1 << 14;
/** The longest line, and the longest message that a server may be configured to take. */
const MAX_LINE_BYTES = 1 << 20;
const MAX_MESSAGE_BYTES = 1 << 26;
/**
 * Buffers of so many bytes wait to be used again; further ones are left to the garbage collector. It is what a reader that
 * is behind fetches ahead (`AHEAD_BYTES`), which may come back all at once, and what is left free behind its messages.
 */
const MAX_SPARE_BYTES = 40 << 20;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const ZERO = 48;

/** A buffer, parts of which are messages that somebody looks at. */
interface Lending {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Parts that were given away, and those that came back. */
  given: number;
  returned: number;
  /** Nothing is written into it any more, until all has come back and it is used again. */
  full: boolean;
  readonly spare: Spare;
}

/** What waits to be used again. */
interface Spare {
  readonly lendings: Lending[];
  bytes: number;
}

const lendings = new WeakMap<ArrayBufferLike, Lending>();

/**
 * Says that nobody looks at a message, or its payload, any more: the memory is used for those that come. To be called
 * once for a message, or not at all, which leaves it to the garbage collector.
 */
export function giveBack(message: Uint8Array): void {
  const lending = lendings.get(message.buffer);
  if (lending === undefined) return;
  lending.returned += 1;
  if (lending.full) putAway(lending);
}

function putAway(lending: Lending): void {
  const { spare, bytes } = lending;
  if (lending.returned !== lending.given || spare.bytes + bytes.length > MAX_SPARE_BYTES) return;
  spare.lendings.push(lending);
  spare.bytes += bytes.length;
}

function lend(size: number, spare: Spare): Lending {
  const at = spare.lendings.findIndex(({ bytes }) => bytes.length >= size);
  const used = at < 0 ? undefined : spare.lendings.splice(at, 1)[0];
  if (used !== undefined) {
    spare.bytes -= used.bytes.length;
    return Object.assign(used, { given: 0, returned: 0, full: false });
  }
  let capacity = BUFFER_BYTES;
  while (capacity < size) capacity *= 2;
  // Not zeroed: nothing is given away that was not written.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(capacity).buffer);
  const lending = { bytes, given: 0, returned: 0, full: false, spare };
  lendings.set(bytes.buffer, lending);
  return lending;
}

export function createFrames(): Frames {
  const spare: Spare = { lendings: [], bytes: 0 };
  let buffer = lend(BUFFER_BYTES, spare);
  /** The first byte that was not given away, and the first that is free. */
  let start = 0;
  let used = 0;
  /** Where the message at `start` ends; 0 while that is not known. */
  let end = 0;

  /** Goes on in another buffer, with what is there of the message at hand. */
  const move = () => {
    const next = lend(end - start + MIN_SPACE_BYTES, spare);
    next.bytes.set(buffer.bytes.subarray(start, used));
    end = Math.max(0, end - start);
    used -= start;
    start = 0;
    buffer.full = true;
    putAway(buffer);
    buffer = next;
  };

  /** Gives away what lies before `until`. */
  const give = (until: number): Uint8Array => {
    const part = buffer.bytes.subarray(start, until);
    start = until;
    if (part.length < LARGE_BYTES) return part.slice();
    buffer.given += 1;
    return part;
  };

  return {
    space() {
      if (start === used && buffer.given === buffer.returned) {
        start = 0;
        used = 0;
      }
      if (end > buffer.bytes.length || buffer.bytes.length - used < MIN_SPACE_BYTES) move();
      return buffer.bytes.subarray(used);
    },
    filled(bytes) {
      used += bytes;
      const parts: Uint8Array[] = [];
      // Small messages up to here were not given away yet.
      let small = start;
      for (;;) {
        if (end === 0) end = endOfMessage(buffer.bytes, small, used);
        if (end === 0 || end > used) break;
        if (end - small >= LARGE_BYTES) {
          if (small > start) parts.push(give(small));
          parts.push(give(end));
        } else if (end - start >= LARGE_BYTES) {
          parts.push(give(small));
        }
        small = end;
        end = 0;
      }
      if (small > start) parts.push(give(small));
      return parts;
    },
  };
}

/** Where the message that begins at `at` ends; 0 while its first line is not complete. */
function endOfMessage(buffer: Uint8Array, at: number, used: number): number {
  let line = at;
  while (line < used && buffer[line] !== LINE_FEED) line++;
  if (line - at > MAX_LINE_BYTES) throw notNats(`a line of more than ${MAX_LINE_BYTES} bytes`);
  if (line === used) return 0;
  // MSG and HMSG, which a server may write in lower case, have a payload behind the line, and a line break behind that.
  const kind = (buffer[at] ?? 0) & ~0x20;
  if (kind !== 0x4d && kind !== 0x48) return line + 1;
  return line + 1 + payloadBytes(buffer, at, line) + 2;
}

/** The last word of the line that ends at `line`: how long the payload is, headers included. */
function payloadBytes(buffer: Uint8Array, at: number, line: number): number {
  let bytes = 0;
  let scale = 1;
  let digit = buffer[line - 1] === CARRIAGE_RETURN ? line - 2 : line - 1;
  for (; digit > at; digit--) {
    const value = (buffer[digit] ?? 0) - ZERO;
    if (value < 0 || value > 9) break;
    bytes += value * scale;
    scale *= 10;
  }
  if (bytes > MAX_MESSAGE_BYTES) throw notNats(`a message of ${bytes} bytes`);
  return bytes;
}

function notNats(got: string): AppError {
  return new AppError("internal", `cannot read from the bus: got ${got}, want the NATS protocol`);
}
