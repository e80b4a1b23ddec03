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
   * So many bytes were put there. Answers the messages that are now complete, one after the other, or undefined when
   * none is. Throws AppError `internal` when this is no NATS protocol.
   */
  filled(bytes: number): Uint8Array | undefined;
}

/** Three messages of half a megabyte and a part of a fourth. */
const BUFFER_BYTES = 1 << 21;
/** Reads of less are not worth a call. */
const MIN_SPACE_BYTES = 1 << 16;
/**
 * Up to this size messages are copied, so that who keeps one keeps not two megabytes; and a quiet connection goes on with
 * one buffer.
 */
const COPY_UP_TO_BYTES = 1 << 14;
/** The longest line, and the longest message that a server may be configured to take. */
const MAX_LINE_BYTES = 1 << 20;
const MAX_MESSAGE_BYTES = 1 << 26;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const ZERO = 48;

export function createFrames(): Frames {
  let buffer = allocate(BUFFER_BYTES);
  /** The first byte that was not given away, and the first that is free. */
  let start = 0;
  let used = 0;
  /** Where the message at `start` ends; 0 while that is not known. */
  let end = 0;
  /** Whether somebody was given a part of the buffer: what was written is not written again then. */
  let given = false;

  const move = (size: number) => {
    const next = allocate(size);
    next.set(buffer.subarray(start, used));
    end = Math.max(0, end - start);
    used -= start;
    start = 0;
    buffer = next;
    given = false;
  };

  /** Where the last complete message ends; notes where the one behind it will. */
  const completeUntil = (): number => {
    for (let at = start; ; at = end, end = 0) {
      if (end === 0 && at < used) end = endOfMessage(buffer, at, used);
      if (end === 0 || end > used) return at;
    }
  };

  const give = (until: number): Uint8Array => {
    const part = buffer.subarray(start, until);
    start = until;
    if (part.length > COPY_UP_TO_BYTES) {
      given = true;
      return part;
    }
    const copy = part.slice();
    if (!given && start === used) {
      start = 0;
      used = 0;
    }
    return copy;
  };

  return {
    space() {
      const size = Math.max(BUFFER_BYTES, end - start + MIN_SPACE_BYTES);
      if (end > buffer.length || buffer.length - used < MIN_SPACE_BYTES) move(size);
      return buffer.subarray(used);
    },
    filled(bytes) {
      used += bytes;
      const until = completeUntil();
      return until === start ? undefined : give(until);
    },
  };
}

function allocate(size: number): Uint8Array<ArrayBuffer> {
  // Not zeroed: nothing is given away that was not written.
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
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
