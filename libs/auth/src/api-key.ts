import { createHash, randomBytes } from "node:crypto";

/** What a key may be good for. One does not include another. */
export const SCOPES = ["ingest", "query", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A new key. Only its owner ever sees `key`. */
export interface ApiKey {
  readonly key: string;
  /** The beginning, by which people tell keys apart; worth nothing to a thief. */
  readonly prefix: string;
  /** What is stored: SHA-256, hex. The key's own randomness makes a fast hash right. */
  readonly hash: string;
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 31 of 62 characters: 184 bits, 160 of them outside the visible prefix. */
const SECRET_LENGTH = 31;
const CHECKSUM_LENGTH = 6;
const VISIBLE_LENGTH = 4;
const pattern = new RegExp(`^sl_[a-z]{1,16}_[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`);

/**
 * Makes a key `sl_<label>_<secret><checksum>`. The checksum tells a mistyped or cut-off key from an unknown one without
 * asking anybody, and lets scanners find leaked keys.
 *
 * @param label 1 to 16 lower-case letters, by custom the main scope
 * @param random gives that many random bytes
 */
export function createApiKey(label: string, random: (size: number) => Uint8Array = randomBytes): ApiKey {
  const head = `sl_${label}_`;
  const secret = randomText(SECRET_LENGTH, random);
  const body = head + secret;
  const key = body + checksumOf(body);
  return { key, prefix: head + secret.slice(0, VISIBLE_LENGTH), hash: hashApiKey(key) };
}

/** Whether a text can be a key at all: its form and its checksum are right. */
export function isApiKey(text: string): boolean {
  if (!pattern.test(text)) return false;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return checksumOf(body) === text.slice(-CHECKSUM_LENGTH);
}

/** The visible beginning of a key. */
export function prefixOfApiKey(key: string): string {
  return key.slice(0, key.lastIndexOf("_") + 1 + VISIBLE_LENGTH);
}

/** SHA-256 of a key (or of a session's token), hex. */
export function hashApiKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Characters equally likely: bytes that would favour the first ones are thrown away. */
function randomText(length: number, random: (size: number) => Uint8Array): string {
  const fair = 256 - (256 % ALPHABET.length);
  let text = "";
  while (text.length < length) {
    for (const byte of random(length)) {
      if (byte < fair && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

/** The beginning of SHA-256, hex: what a shell or a chart can make as well. */
function checksumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, CHECKSUM_LENGTH);
}
