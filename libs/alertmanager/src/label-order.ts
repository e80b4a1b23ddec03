import type { Labels } from "./notification.ts";

/** Orders texts by their bytes in UTF-8, as Go does; JavaScript's own order is another one beyond U+FFFF. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = rankOf(a.charCodeAt(at)) - rankOf(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates stand for characters that come after all others. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The names of labels, sorted by their bytes. */
export function sortedNames(labels: Labels): string[] {
  return Object.keys(labels).sort(compareBytes);
}

/** The value of a label, "" where it is not there. */
export function labelValue(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? "") : "";
}
