import { anyValueText, textOfBytes } from "@sightline/otlp/attribute-finder";
import { addBytes, clearHash, newHash } from "@sightline/otlp/fingerprint";
import type { Range } from "@sightline/otlp/range";
import type { Wire } from "@sightline/otlp/wire";
import { keyOfHash } from "./hash-key.ts";

/** Texts that come again and again, made once. */
export interface TextCache {
  /** The text that the bytes are. */
  text(wire: Wire, range: Range): string;
  /** The text of an AnyValue; "" for an empty range. Moves the wire. */
  value(wire: Wire, range: Range): string;
}

/** @param maxTexts so many are kept of each kind; then all are forgotten, and made again as they come */
export function createTextCache(maxTexts: number): TextCache {
  const hash = newHash();
  const cached = (make: (wire: Wire, range: Range) => string) => {
    const texts = new Map<number, string>();
    return (wire: Wire, range: Range): string => {
      if (range.start === range.end) return "";
      clearHash(hash);
      addBytes(hash, wire.view, range.start, range.end);
      const key = keyOfHash(hash);
      const known = texts.get(key);
      if (known !== undefined) return known;
      const text = make(wire, range);
      if (texts.size >= maxTexts) texts.clear();
      texts.set(key, text);
      return text;
    };
  };
  return {
    text: cached((wire, { start, end }) => textOfBytes(wire.bytes, start, end)),
    value: cached(anyValueText),
  };
}
