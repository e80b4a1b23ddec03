/** Messages of a stream, and how many were too long. */
export interface Framed {
  readonly messages: readonly Buffer[];
  readonly tooLong: number;
}

/** Cuts a stream of bytes into syslog messages. */
export interface Frames {
  /** What the next bytes complete. */
  push(chunk: Buffer): Framed;
  /** What is left when the stream ends: a last line without its end. */
  end(): Framed;
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const LESS_THAN = 0x3c;
/** A length of more digits is none. */
const MAX_DIGITS = 9;

/** The next frame from a position on: a message, one that is too long, or none that is complete yet. */
type Frame =
  | { readonly kind: "message"; readonly start: number; readonly end: number; readonly next: number }
  /** `rest` of its bytes are still to come; "line": up to the end of the line. */
  | { readonly kind: "too long"; readonly next: number; readonly rest: number | "line" }
  | { readonly kind: "incomplete" };

/**
 * Both framings of RFC 6587, told apart message by message: one that begins with digits, a space and `<` has its length in
 * front, every other goes up to the line's end. A message beyond `maxBytes` is passed over.
 */
export function createFrames(maxBytes: number): Frames {
  let held: Buffer = Buffer.alloc(0);
  /** What of a message that is too long is still to be passed over. */
  let skip: number | "line" = 0;

  const readAll = (bytes: Buffer): Framed => {
    const messages: Buffer[] = [];
    let tooLong = 0;
    let at = 0;
    while (at < bytes.length) {
      const passed = skipEnd(bytes, at, skip);
      skip = passed.rest;
      at = passed.at;
      if (at >= bytes.length) break;
      const frame = readFrame(bytes, at, maxBytes);
      if (frame.kind === "incomplete") break;
      at = frame.next;
      if (frame.kind === "too long") {
        tooLong += 1;
        skip = frame.rest;
      } else if (frame.end > frame.start) messages.push(bytes.subarray(frame.start, frame.end));
    }
    held = bytes.subarray(at);
    return { messages, tooLong };
  };
  return {
    push: (chunk) => readAll(held.length === 0 ? chunk : Buffer.concat([held, chunk])),
    end: () => {
      const rest = held;
      held = Buffer.alloc(0);
      // What has its length in front and is shorter was cut off.
      const isLine = rest.length > 0 && typeof readLength(rest, 0) !== "object";
      return { messages: isLine ? [rest] : [], tooLong: 0 };
    },
  };
}

/** Passes over what is left of a message that is too long. */
function skipEnd(bytes: Buffer, at: number, skip: number | "line"): { at: number; rest: number | "line" } {
  if (skip === "line") {
    const found = bytes.indexOf(LINE_FEED, at);
    return found === -1 ? { at: bytes.length, rest: "line" } : { at: found + 1, rest: 0 };
  }
  const passed = Math.min(skip, bytes.length - at);
  return { at: at + passed, rest: skip - passed };
}

function readFrame(bytes: Buffer, at: number, maxBytes: number): Frame {
  const counted = readLength(bytes, at);
  if (typeof counted === "object") {
    const { length, start } = counted;
    if (length > maxBytes) return { kind: "too long", next: start, rest: length };
    const end = start + length;
    return end > bytes.length ? { kind: "incomplete" } : { kind: "message", start, end, next: end };
  }
  const end = bytes.indexOf(LINE_FEED, at);
  const isLong = (end === -1 ? bytes.length : end) - at > maxBytes;
  if (end === -1) return isLong ? { kind: "too long", next: bytes.length, rest: "line" } : { kind: "incomplete" };
  if (isLong) return { kind: "too long", next: end + 1, rest: 0 };
  return { kind: "message", start: at, end, next: end + 1 };
}

interface Length {
  readonly length: number;
  readonly start: number;
}

/** The length in front of a message; undefined when it begins with something else. */
function readLength(bytes: Buffer, at: number): Length | "incomplete" | undefined {
  let length = 0;
  for (let digits = 0; digits <= MAX_DIGITS; digits++) {
    const byte = bytes[at + digits];
    if (byte === undefined) return "incomplete";
    if (byte === SPACE && digits > 0) {
      const first = bytes[at + digits + 1];
      if (first === undefined) return "incomplete";
      return first === LESS_THAN ? { length, start: at + digits + 1 } : undefined;
    }
    const digit = byte - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    length = length * 10 + digit;
  }
  return undefined;
}
