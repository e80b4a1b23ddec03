import type { Range } from "@sightline/otlp/range";
import type { Wire } from "@sightline/otlp/wire";

/** Nested deeper it is not plain: far less than details may nest. */
const MAX_DEPTH = 16;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const WORDS = ["true", "false", "null"].map((word) => Buffer.from(word));

/**
 * Fast path: whether UTF-8 text is surely a JSON object (RFC 8259), found without making the object. False says nothing: texts with
 * escapes and such as nest deeply are left to who parses them. Moves the wire.
 */
export function isPlainObject(wire: Wire, { start, end }: Range): boolean {
  wire.pos = start;
  return next(wire, end) === OPEN_OBJECT && skipMembers(wire, end, 1) && next(wire, end) === -1;
}

/** The next byte that is no white space, which is taken; -1 at the end. */
function next(wire: Wire, end: number): number {
  while (wire.pos < end) {
    const byte = wire.bytes[wire.pos++] ?? 0;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
  }
  return -1;
}

/** From behind the brace that opens an object to behind the one that closes it. */
function skipMembers(wire: Wire, end: number, depth: number): boolean {
  let byte = next(wire, end);
  if (byte === CLOSE_OBJECT) return true;
  for (;;) {
    if (byte !== QUOTE || !skipString(wire, end) || next(wire, end) !== COLON) return false;
    if (!skipValue(wire, end, depth)) return false;
    byte = next(wire, end);
    if (byte === CLOSE_OBJECT) return true;
    if (byte !== COMMA) return false;
    byte = next(wire, end);
  }
}

function skipItems(wire: Wire, end: number, depth: number): boolean {
  const byte = next(wire, end);
  if (byte === CLOSE_ARRAY) return true;
  if (byte === -1) return false;
  wire.pos--;
  for (;;) {
    if (!skipValue(wire, end, depth)) return false;
    const after = next(wire, end);
    if (after === CLOSE_ARRAY) return true;
    if (after !== COMMA) return false;
  }
}

function skipValue(wire: Wire, end: number, depth: number): boolean {
  const byte = next(wire, end);
  if (byte === QUOTE) return skipString(wire, end);
  if (byte === MINUS || isDigit(byte)) return skipNumber(wire, end, byte);
  if (byte === OPEN_OBJECT) return depth < MAX_DEPTH && skipMembers(wire, end, depth + 1);
  if (byte === OPEN_ARRAY) return depth < MAX_DEPTH && skipItems(wire, end, depth + 1);
  return WORDS.some((word) => byte === word[0] && skipWord(wire, end, word));
}

function skipString(wire: Wire, end: number): boolean {
  const { bytes } = wire;
  for (let at = wire.pos; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      wire.pos = at + 1;
      return true;
    }
    if (byte < 0x20 || byte === BACKSLASH) return false;
  }
  return false;
}

/** Without an exponent. */
function skipNumber(wire: Wire, end: number, first: number): boolean {
  const byte = first === MINUS ? take(wire, end) : first;
  if (!isDigit(byte)) return false;
  if (byte !== ZERO) skipDigits(wire, end);
  if (peek(wire, end) !== POINT) return true;
  wire.pos++;
  const isFraction = isDigit(peek(wire, end));
  skipDigits(wire, end);
  return isFraction;
}

function skipDigits(wire: Wire, end: number): void {
  while (isDigit(peek(wire, end))) wire.pos++;
}

function skipWord(wire: Wire, end: number, word: Uint8Array): boolean {
  for (let at = 1; at < word.length; at++) if (take(wire, end) !== word[at]) return false;
  return true;
}

function peek(wire: Wire, end: number): number {
  return wire.pos < end ? (wire.bytes[wire.pos] ?? 0) : -1;
}

function take(wire: Wire, end: number): number {
  return wire.pos < end ? (wire.bytes[wire.pos++] ?? 0) : -1;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
