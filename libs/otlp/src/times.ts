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
  const high = wire.view.getInt32(wire.start + 4, true);
  time.high = high < 0 ? 0 : high;
  time.low = high < 0 ? 0 : wire.view.getInt32(wire.start, true);
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

/** 2^32 nanoseconds are 4294 milliseconds and this many nanoseconds. */
const REST_OF_HIGH = 967_296;

/** The time in whole milliseconds. Every step stays below 2^53, so that it is exact. */
export function millis(time: Nanos): number {
  return time.high * 4294 + Math.floor((time.high * REST_OF_HIGH + (time.low >>> 0)) / 1_000_000);
}
