import { appendString, type PlainColumn, stringColumn } from "./plain-column.ts";

/**
 * Distinct strings, numbered from 0 in the order they were first seen. Looked up by their bytes: no JavaScript string
 * is made.
 */
export interface Dictionary {
  /** The strings, each after its length, as ClickHouse wants the keys. */
  readonly keys: PlainColumn;
  count: number;
  /** Two numbers for each string: its position in `keys` and its size. */
  entries: Int32Array;
  /** Open addressing: the string's number plus one, 0 when free. */
  slots: Int32Array;
}

const INITIAL_SLOTS = 256;
const ENTRY_FIELDS = 2;

/**
 * A string that is not found within this many slots is taken as new. The hash looks at a few bytes only, so a sender
 * could make many strings collide; ClickHouse does not mind a key that is there twice.
 */
const MAX_PROBES = 16;

export function newDictionary(): Dictionary {
  return {
    keys: stringColumn(),
    count: 0,
    entries: new Int32Array((INITIAL_SLOTS / 2) * ENTRY_FIELDS),
    slots: new Int32Array(INITIAL_SLOTS),
  };
}

export function resetDictionary(dictionary: Dictionary): void {
  dictionary.keys.length = 0;
  dictionary.count = 0;
  dictionary.slots.fill(0);
}

/** The number of the string of the bytes from `start` to `end`. */
export function intern(dictionary: Dictionary, source: DataView, start: number, end: number): number {
  const { slots, entries } = dictionary;
  const keys = dictionary.keys.view;
  const mask = slots.length - 1;
  const size = end - start;
  const hash = hashOf(source, start, size);
  for (let probe = 0; probe < MAX_PROBES; probe++) {
    const found = slots[(hash + probe) & mask] ?? 0;
    if (found === 0) break;
    const entry = (found - 1) * ENTRY_FIELDS;
    if (entries[entry + 1] === size && sameBytes(keys, entries[entry] ?? 0, source, start, size)) return found - 1;
  }
  return add(dictionary, source, start, end);
}

function add(dictionary: Dictionary, source: DataView, start: number, end: number): number {
  const number = dictionary.count++;
  if (dictionary.count * 2 > dictionary.slots.length) growSlots(dictionary);
  appendString(dictionary.keys, source, start, end);
  const size = end - start;
  const entry = number * ENTRY_FIELDS;
  dictionary.entries[entry] = dictionary.keys.length - size;
  dictionary.entries[entry + 1] = size;
  place(dictionary, number);
  return number;
}

/** When all slots within reach are taken the string stays without one: it will not be found again. */
function place(dictionary: Dictionary, number: number): void {
  const { slots, entries, keys } = dictionary;
  const mask = slots.length - 1;
  const entry = number * ENTRY_FIELDS;
  const hash = hashOf(keys.view, entries[entry] ?? 0, entries[entry + 1] ?? 0);
  for (let probe = 0; probe < MAX_PROBES; probe++) {
    const slot = (hash + probe) & mask;
    if (slots[slot] === 0) {
      slots[slot] = number + 1;
      return;
    }
  }
}

function growSlots(dictionary: Dictionary): void {
  const size = dictionary.slots.length * 2;
  const entries = new Int32Array((size / 2) * ENTRY_FIELDS);
  entries.set(dictionary.entries);
  dictionary.entries = entries;
  dictionary.slots = new Int32Array(size);
  for (let number = 0; number < dictionary.count - 1; number++) place(dictionary, number);
}

const P1 = 0x9e3779b1;
const P2 = 0x85ebca6b;
const P3 = 0xc2b2ae35;

/** Mixes the size with the first, middle and last four bytes: cheap, and enough to tell attribute keys apart. */
function hashOf(source: DataView, start: number, size: number): number {
  let hash = size;
  if (size >= 4) {
    const first = Math.imul(source.getInt32(start, true), P1);
    const middle = Math.imul(source.getInt32(start + ((size - 4) >> 1), true), P2);
    const last = Math.imul(source.getInt32(start + size - 4, true), P3);
    hash ^= first ^ middle ^ last;
  } else {
    for (let i = 0; i < size; i++) hash = Math.imul(hash ^ source.getUint8(start + i), P1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  return hash ^ (hash >>> 13);
}

function sameBytes(a: DataView, aStart: number, b: DataView, bStart: number, size: number): boolean {
  if (size < 4) {
    for (let i = 0; i < size; i++) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
    return true;
  }
  if (size >= 8) {
    const last = size - 8;
    for (let i = 0; i < last; i += 8) {
      const x = a.getBigUint64(aStart + i, true),
        y = b.getBigUint64(bStart + i, true);
      if (x !== y) return false;
    }
    const x = a.getBigUint64(aStart + last, true),
      y = b.getBigUint64(bStart + last, true);
    return x === y;
  }
  const last = size - 4;
  return (
    a.getInt32(aStart, true) === b.getInt32(bStart, true) &&
    a.getInt32(aStart + last, true) === b.getInt32(bStart + last, true)
  );
}
