import { appendWords, type PlainColumn } from "@sightline/columns/plain-column";
import type { Wire } from "./wire.ts";

/** A point in time: nanoseconds since the Unix epoch in two halves, both as signed 32-bit numbers. 0 is unset. */
export interface Nanos {
  low: number;
  high: number;
}

export function newNanos(): Nanos {
  return { low: 0, high: 0 };
}

export function clearNanos(time: Nanos): void {
  time.low = 0;
  time.high = 0;
}

/** Sets the time to the fixed64 that the wire stands on. One beyond what ClickHouse can hold (2262) counts as unset. */
export function takeNanos(time: Nanos, wire: Wire): void {
  const { view, start } = wire;
  time.high = view.getInt32(start + 4, true);
  time.low = view.getInt32(start, true);
  if (time.high < 0) clearNanos(time);
}

export function setNanos(time: Nanos, nanos: bigint): void {
  time.low = Number(BigInt.asIntN(32, nanos));
  time.high = Number(BigInt.asIntN(32, nanos >> 32n));
}

export function isSet(time: Nanos): boolean {
  return (time.low | time.high) !== 0;
}

export function appendNanos(column: PlainColumn, time: Nanos): void {
  appendWords(column, time.low, time.high);
}

/** Appends the nanoseconds from one time to another; 0 when the other is earlier. */
export function appendElapsed(column: PlainColumn, from: Nanos, to: Nanos): void {
  const borrow = to.low >>> 0 < from.low >>> 0 ? 1 : 0;
  const high = to.high - from.high - borrow;
  if (high < 0) appendWords(column, 0, 0);
  else appendWords(column, to.low - from.low, high);
}

/** A point in time in milliseconds, and the nanoseconds it was made of: most points of a scrape have the same time. */
export interface Millis {
  nanosLow: number;
  nanosHigh: number;
  /** Milliseconds since the Unix epoch in two halves. */
  low: number;
  high: number;
  /** Seconds since the Unix epoch modulo 2^32. */
  seconds: number;
}

export function newMillis(): Millis {
  return { nanosLow: 0, nanosHigh: 0, low: 0, high: 0, seconds: 0 };
}

/** Milliseconds since the Unix epoch, with what is left of one behind the point, as exact as a number holds it. */
export function millisecondsOf({ low, high }: Nanos): number {
  return (high * TWO_32 + (low >>> 0)) / 1e6;
}

/** 2^32 nanoseconds are 4294 milliseconds and this many nanoseconds. */
const REST_OF_HIGH = 967_296;
const TWO_32 = 4_294_967_296;

/** Sets the time from nanoseconds, the part of a millisecond cut off; a time beyond 2262 counts as unset, which is 0. */
export function setMillis(time: Millis, nanosLow: number, nanosHigh: number): void {
  if (time.nanosLow === nanosLow && time.nanosHigh === nanosHigh) return;
  time.nanosLow = nanosLow;
  time.nanosHigh = nanosHigh;
  // Every step stays below 2^53, so that it is exact.
  const high = Math.max(nanosHigh, 0);
  const low = nanosHigh < 0 ? 0 : nanosLow >>> 0;
  const millis = high * 4294 + Math.floor((high * REST_OF_HIGH + low) / 1_000_000);
  time.low = millis | 0;
  time.high = Math.floor(millis / TWO_32);
  time.seconds = (millis / 1000) | 0;
}

/** Sets the time from the fixed64 of nanoseconds at `at`; 0 there means that it is absent. */
export function readMillis(time: Millis, wire: Wire, at: number): void {
  if (at === 0) setMillis(time, 0, 0);
  else setMillis(time, wire.view.getInt32(at, true), wire.view.getInt32(at + 4, true));
}
