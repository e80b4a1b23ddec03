import type { Field } from "./shapes.ts";
import { type RefusalReason, type Refusing, violate } from "./violation.ts";
import type { Wire } from "./wire.ts";

/** Between which times records are taken, both in nanoseconds since the Unix epoch. */
export interface TimeWindow {
  readonly oldestUnixNano: bigint;
  readonly newestUnixNano: bigint;
}

/** The window as the walk compares with it: the upper halves, which count in steps of 4.3 seconds. */
export interface WindowHalves {
  readonly oldest: number;
  readonly newest: number;
}

/** Takes all times. */
export const ANY_TIME: WindowHalves = { oldest: -0x8000_0000, newest: 0x7fff_ffff };

export function halvesOf({ oldestUnixNano, newestUnixNano }: TimeWindow): WindowHalves {
  return { oldest: Number(oldestUnixNano >> 32n), newest: Number(newestUnixNano >> 32n) };
}

interface Walk extends Refusing {
  readonly wire: Wire;
  readonly window: WindowHalves;
}

/**
 * Checks the time that the wire stands on against the window, to some seconds. 0 is unset, which is in order. One beyond
 * 2262, where signed nanoseconds end, is too new.
 */
export function checkTime(walk: Walk, field: Field): void {
  const { wire, window } = walk;
  // Signed, so that it is a small integer; what is negative then is beyond 2262.
  const high = wire.view.getInt32(wire.start + 4, true);
  if (high >= window.oldest && high <= window.newest) return;
  const low = wire.view.getUint32(wire.start, true);
  if (high === 0 && low === 0) return;
  const reason: RefusalReason = high >= 0 && high < window.oldest ? "too_old" : "too_new";
  violate(walk, reason, walk.firstMessage === "" ? describe(walk, field, textOf(high >>> 0, low)) : "");
}

/** Of a request all records may be too old: putting that into words for each would keep everybody waiting for seconds. */
function describe({ window }: Walk, { name }: Field, got: string): string {
  return `${name} is ${got}, want ${textOf(window.oldest)} to ${textOf(window.newest)}`;
}

/** RFC 3339, in whole seconds. */
function textOf(high: number, low = 0): string {
  const nanos = (BigInt(high) << 32n) + BigInt(low);
  return `${new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19)}Z`;
}
