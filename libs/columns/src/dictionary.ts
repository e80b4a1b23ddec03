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
  /** For each string, after one more, the string that came after it last. Only a guess. */
  followers: Int32Array;
}

const INITIAL_SLOTS = 256;
const ENTRY_FIELDS = 2;

/**
 * A string that is not found within this many slots is taken as new. Who knows the hash can make many strings collide;
 * ClickHouse does not mind a key that is there twice, and nobody waits for long searches.
 */
const MAX_PROBES = 16;

export function newDictionary(): Dictionary {
  return {
    keys: stringColumn(),
    count: 0,
    entries: new Int32Array((INITIAL_SLOTS / 2) * ENTRY_FIELDS),
    slots: new Int32Array(INITIAL_SLOTS),
    followers: new Int32Array(INITIAL_SLOTS / 2 + 1),
  };
}

export function resetDictionary(dictionary: Dictionary): void {
  dictionary.keys.length = 0;
  dictionary.count = 0;
  dictionary.slots.fill(0);
}

/** The number of the string of the bytes from `start` to `end`, which is added when it is new. */
export function intern(dictionary: Dictionary, source: DataView, start: number, end: number): number {
  const found = find(dictionary, source, start, end);
  return found === MISSING ? add(dictionary, source, start, end) : found;
}

/** What `find` answers when the string is not there. */
export const MISSING = -1;

/**
 * What `find` answers, sooner when strings come in a usual order as attribute keys do: tried first is the string that
 * came after the same `previous` one last time. `previous` is a number of this dictionary or MISSING at the beginning.
 */
export function findAfter(
  dictionary: Dictionary,
  previous: number,
  source: DataView,
  start: number,
  end: number,
): number {
  const { followers, entries } = dictionary;
  const size = end - start;
  const guess = followers[previous + 1] ?? 0;
  const entry = guess * ENTRY_FIELDS;
  const known = entries[entry + 1] === size && guess < dictionary.count;
  if (known && sameBytes(dictionary.keys.view, entries[entry] ?? 0, source, start, size)) return guess;
  const found = find(dictionary, source, start, end);
  if (found !== MISSING) followers[previous + 1] = found;
  return found;
}

/** The number of the string of the bytes from `start` to `end`, or MISSING. */
export function find(dictionary: Dictionary, source: DataView, start: number, end: number): number {
  const { slots, entries } = dictionary;
  const keys = dictionary.keys.view;
  const mask = slots.length - 1;
  const size = end - start;
  const hash = hashOf(source, start, size);
  for (let probe = 0; probe < MAX_PROBES; probe++) {
    const number = (slots[(hash + probe) & mask] ?? 0) - 1;
    if (number === MISSING) break;
    const entry = number * ENTRY_FIELDS;
    if (entries[entry + 1] === size && sameBytes(keys, entries[entry] ?? 0, source, start, size)) return number;
  }
  return MISSING;
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
  const followers = new Int32Array(size / 2 + 1);
  followers.set(dictionary.followers);
  dictionary.entries = entries;
  dictionary.followers = followers;
  dictionary.slots = new Int32Array(size);
  for (let number = 0; number < dictionary.count - 1; number++) place(dictionary, number);
}

const P1 = 0x9e3779b1;
const P2 = 0x85ebca6b;
const P3 = 0xc2b2ae35;

function hashOf(source: DataView, start: number, size: number): number {
  let hash = Math.imul(size, P3);
  if (size < 4) {
    for (let i = 0; i < size; i++) hash = Math.imul(hash ^ source.getUint8(start + i), P1);
    return mix(hash);
  }
  const last = start + size - 4;
  for (let at = start; at < last; at += 4) {
    hash = Math.imul(hash ^ source.getInt32(at, true), P1);
    hash ^= hash >>> 15;
  }
  // Overlaps the word before it rather than reading past the end.
  return mix(Math.imul(hash ^ source.getInt32(last, true), P2));
}

function mix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), P2);
  return mixed ^ (mixed >>> 13);
}

/** Compares by words, the last of which overlaps the one before it. No BigInt is made. */
function sameBytes(a: DataView, aStart: number, b: DataView, bStart: number, size: number): boolean {
  if (size < 8) return sameShort(a, aStart, b, bStart, size);
  const last = size - 8;
  for (let i = 0; i < last; i += 8) {
    const left = a.getBigInt64(aStart + i, true);
    const right = b.getBigInt64(bStart + i, true);
    if (left !== right) return false;
  }
  const left = a.getBigInt64(aStart + last, true);
  const right = b.getBigInt64(bStart + last, true);
  return left === right;
}

function sameShort(a: DataView, aStart: number, b: DataView, bStart: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
  return true;
}
