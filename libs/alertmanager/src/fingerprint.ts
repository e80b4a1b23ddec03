import { labelValue, sortedNames } from "./label-order.ts";
import type { Labels } from "./notification.ts";

/** A byte that is nowhere in UTF-8: it stands after each name and each value. */
const separator = 0xff;

/**
 * The fingerprint of a set of labels as Prometheus and Alertmanager compute it (common/model, LabelSet.Fingerprint): FNV-1a with 64
 * bits over the sorted names and their values, as 16 hex digits.
 */
export function fingerprintOf(labels: Labels): string {
  const hash = createHash();
  for (const name of sortedNames(labels)) {
    hash.addText(name);
    hash.addByte(separator);
    hash.addText(labelValue(labels, name));
    hash.addByte(separator);
  }
  return hash.hex();
}

/** FNV-1a with 64 bits, in two halves: numbers that V8 keeps in registers, where a BigInt would be an allocation for each byte. */
function createHash() {
  let high = 0xcbf29ce4;
  let low = 0x84222325;

  function addByte(byte: number): void {
    low = (low ^ byte) >>> 0;
    // The prime is 2^40 + 435.
    const product = low * 435;
    high = (Math.imul(high, 435) + Math.floor(product / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = product >>> 0;
  }

  function addText(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0x80) {
        for (const byte of Buffer.from(text.slice(at))) addByte(byte);
        return;
      }
      addByte(unit);
    }
  }

  return {
    addByte,
    addText,
    hex: () => high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0"),
  };
}
