import { labelValue, sortedNames } from "./label-order.ts";
import type { Labels } from "./notification.ts";

/** A byte that is nowhere in UTF-8: it stands after each name and each value. */
const separator = 0xff;

/**
 * The fingerprint of a set of labels as Prometheus and Alertmanager compute it (common/model, LabelSet.Fingerprint): FNV-1a with 64
 * bits over the sorted names and their values, as 16 hex digits.
 */
export function fingerprintOf(labels: Labels): string {
  const hash = Uint32Array.of(0xcbf29ce4, 0x84222325);
  for (const name of sortedNames(labels)) {
    addText(hash, name);
    addText(hash, labelValue(labels, name));
  }
  return hex(hash[0]) + hex(hash[1]);
}

function hex(half = 0): string {
  return half.toString(16).padStart(8, "0");
}

/**
 * Takes the bytes of a text and a separator into a hash, whose upper and lower half these are: numbers that V8 keeps in registers, where
 * a BigInt would be an allocation for each byte.
 */
function addText(hash: Uint32Array, text: string): void {
  let high = hash[0] ?? 0;
  let low = hash[1] ?? 0;
  const bytes = isAscii(text) ? undefined : Buffer.from(text);
  const length = bytes?.length ?? text.length;
  for (let at = 0; at <= length; at++) {
    const byte = at === length ? separator : bytes === undefined ? text.charCodeAt(at) : (bytes[at] ?? 0);
    low = (low ^ byte) >>> 0;
    // The prime is 2^40 + 435.
    const product = low * 435;
    high = (Math.imul(high, 435) + Math.floor(product / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  hash[0] = high;
  hash[1] = low;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) return false;
  return true;
}
