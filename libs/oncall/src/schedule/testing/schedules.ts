import type { Layer, Schedule } from "../schedule.ts";

/** RFC 3339 as Unix milliseconds. */
export function moment(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new RangeError(`cannot read the time ${text}`);
  return ms;
}

/** Ann and Bob by weeks from Monday, 2026-11-02 09:00 in Berlin, with what is given in place of it. */
export function layer(given: Partial<Layer> = {}): Layer {
  return {
    name: "first",
    participants: ["ann", "bob"],
    rotation: { every: 1, unit: "week", handoverTime: "09:00", handoverWeekday: "monday" },
    restrictions: [],
    startsAtMs: moment("2026-11-02T08:00Z"),
    endsAtMs: undefined,
    ...given,
  };
}

/** A schedule in Berlin with one such layer, with what is given in place of it. */
export function schedule(given: Partial<Schedule> = {}): Schedule {
  return { timeZone: "Europe/Berlin", layers: [layer()], overrides: [], ...given };
}
