const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * A UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits, so that ids sort by time.
 *
 * @param unixMs milliseconds since the Unix epoch
 * @param random fills the 10 random bytes
 */
export function uuid7(unixMs: number, random: (bytes: Uint8Array) => void = drawRandom): string {
  const tail = new Uint8Array(10);
  random(tail);
  tail[0] = 0x70 | ((tail[0] ?? 0) & 0x0f);
  tail[2] = 0x80 | ((tail[2] ?? 0) & 0x3f);
  const time = Math.floor(unixMs).toString(16).padStart(12, "0");
  let text = "";
  for (const byte of tail) text += hex[byte];
  return `${time.slice(0, 8)}-${time.slice(8)}-${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}

/** Random bytes drawn ahead: asking the platform for ten at a time costs as much as all the rest of an event. */
const drawn = new Uint8Array(4096);
let used = drawn.length;

function drawRandom(bytes: Uint8Array): void {
  if (used + bytes.length > drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  bytes.set(drawn.subarray(used, used + bytes.length));
  used += bytes.length;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a UUID of any version in its 36-character form. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
