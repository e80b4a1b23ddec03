import { formatTime } from "@sightline/gotext/time";
import { type Budget, matchUnits, timeUnits } from "../budget.ts";
import type { Time } from "../value.ts";

/** A time of the epoch in nanoseconds, in a zone of the IANA database. */
export function timeOf(epochNs: bigint, zone = "UTC"): Time {
  return { kind: "time", epochNs, zone };
}

/** A time of the epoch in milliseconds, in UTC. */
export function timeOfMs(epochMs: number): Time {
  return timeOf(BigInt(Math.round(epochMs)) * 1_000_000n);
}

/** Go's zero time: the first of January of the year 1. */
export const zeroTime: Time = timeOf(-62_135_596_800_000_000_000n);

/** A time as a layout of Go says. What the layout's length costs is asked of the budget. */
export function formatAs(time: Time, layout: string, budget: Budget): string {
  budget.spend(timeUnits + layout.length * matchUnits);
  return formatTime(time, layout);
}

/** A time as its `String()` prints it. */
export function printTime(time: Time): string {
  return formatTime(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

/** A time in JSON, as RFC 3339 has it. */
export function jsonTime(time: Time): string {
  return formatTime(time, "2006-01-02T15:04:05.999999999Z07:00");
}
