import { appendString, type ByteSource, type PlainColumn, stringColumn } from "./plain-column.ts";

/**
 * Distinct strings, numbered from 0 in the order they were first seen. Looked up by their bytes: no JavaScript string
 * is made.
 */
export interface Dictionary {
  /** The strings, each after its length, as ClickHouse wants the keys. */
  readonly keys: PlainColumn;
  count: number;
  /** Three numbers for each string: hash, position in `keys`, size. */
  entries: Int32Array;
  /** Open addressing: the string's number plus one, 0 when free. */
  slots: Int32Array;
}

const INITIAL_SLOTS = 256;
const ENTRY_FIELDS = 3;

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
export function intern(dictionary: Dictionary, source: ByteSource, start: number, end: number): number {
  const { slots, entries } = dictionary;
  const mask = slots.length - 1;
  const size = end - start;
  const hash = hashOf(source, start, size);
  let slot = hash & mask;
  for (let probe = 0; probe < MAX_PROBES; probe++) {
    const found = slots[slot] ?? 0;
    if (found === 0) break;
    const entry = (found - 1) * ENTRY_FIELDS;
    if (
      entries[entry] === hash &&
      entries[entry + 2] === size &&
      sameBytes(dictionary.keys, entries[entry + 1] ?? 0, source, start, size)
    ) {
      return found - 1;
    }
    slot = (slot + 1) & mask;
  }
  return add(dictionary, source, start, end, hash);
}

function add(dictionary: Dictionary, source: ByteSource, start: number, end: number, hash: number): number {
  const number = dictionary.count++;
  if (dictionary.count * 2 > dictionary.slots.length) growSlots(dictionary);
  appendString(dictionary.keys, source, start, end);
  const entry = number * ENTRY_FIELDS;
  dictionary.entries[entry] = hash;
  dictionary.entries[entry + 1] = dictionary.keys.length - (end - start);
  dictionary.entries[entry + 2] = end - start;
  place(dictionary.slots, hash, number);
  return number;
}

/** When all slots within reach are taken the string stays without one: it will not be found again. */
function place(slots: Int32Array, hash: number, number: number): void {
  const mask = slots.length - 1;
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
  for (let number = 0; number < dictionary.count - 1; number++) {
    place(dictionary.slots, entries[number * ENTRY_FIELDS] ?? 0, number);
  }
}

const P1 = 0x9e3779b1;
const P2 = 0x85ebca6b;
const P3 = 0xc2b2ae35;

/** Mixes the size with the first, middle and last four bytes: cheap, and enough to tell attribute keys apart. */
function hashOf(source: ByteSource, start: number, size: number): number {
  let hash = Math.imul(size, P3);
  if (size >= 4) {
    const { view } = source;
    hash ^= Math.imul(view.getInt32(start, true), P1);
    hash = Math.imul(hash ^ (hash >>> 15), P2);
    hash ^= Math.imul(view.getInt32(start + ((size - 4) >> 1), true), P2);
    hash = Math.imul(hash ^ (hash >>> 13), P3);
    hash ^= Math.imul(view.getInt32(start + size - 4, true), P1);
  } else {
    for (let i = 0; i < size; i++) hash = Math.imul(hash ^ (source.bytes[start + i] ?? 0), P1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  return hash ^ (hash >>> 13);
}

function sameBytes(a: ByteSource, aStart: number, b: ByteSource, bStart: number, size: number): boolean {
  if (size < 4) {
    for (let i = 0; i < size; i++) if (a.bytes[aStart + i] !== b.bytes[bStart + i]) return false;
    return true;
  }
  const last = size - 4;
  for (let i = 0; i < last; i += 4) {
    if (a.view.getInt32(aStart + i, true) !== b.view.getInt32(bStart + i, true)) return false;
  }
  return a.view.getInt32(aStart + last, true) === b.view.getInt32(bStart + last, true);
}
