const HEX = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const HYPHEN = "-".charCodeAt(0);
const TAIL_BYTES = 10;
const TAIL_PLACE = "tttttttt-tttt-".length;

const tail = new Uint8Array(TAIL_BYTES);
/** The text at hand; its first part says the time of the last id, which the next one mostly has too. */
const text = Buffer.alloc(36);
let writtenMs = Number.NaN;

/**
 * A UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits, so that ids sort by time.
 *
 * @param unixMs milliseconds since the Unix epoch
 * @param random fills the 10 random bytes
 */
export function uuid7(unixMs: number, random: (bytes: Uint8Array) => void = drawRandom): string {
  if (unixMs !== writtenMs) writeTime(unixMs);
  random(tail);
  tail[0] = 0x70 | ((tail[0] ?? 0) & 0x0f);
  tail[2] = 0x80 | ((tail[2] ?? 0) & 0x3f);
  let at = TAIL_PLACE;
  for (let place = 0; place < TAIL_BYTES; place++) {
    if (place === 2 || place === 4) text[at++] = HYPHEN;
    const byte = tail[place] ?? 0;
    text[at++] = HEX[byte >> 4] ?? 0;
    text[at++] = HEX[byte & 15] ?? 0;
  }
  return text.toString("latin1");
}

function writeTime(unixMs: number): void {
  const time = Math.floor(unixMs).toString(16).padStart(12, "0");
  text.write(`${time.slice(0, 8)}-${time.slice(8)}-`, "latin1");
  writtenMs = unixMs;
}

/** Random bytes drawn ahead: asking the platform for ten at a time costs as much as all the rest of an event. */
const drawn = new Uint8Array(4096);
let used = drawn.length;

function drawRandom(bytes: Uint8Array): void {
  if (used + bytes.length > drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  for (let at = 0; at < bytes.length; at++) bytes[at] = drawn[used++] ?? 0;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a UUID of any version in its 36-character form. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
