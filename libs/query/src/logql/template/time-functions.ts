import { invalid } from "@sightline/errors/app-error";
import { matchUnits, timeUnits } from "@sightline/gotemplate/budget";
import { any, func0, func1, func2, func3, text, time } from "@sightline/gotemplate/func";
import { formatAs, timeOf, zeroTime } from "@sightline/gotemplate/time/layout";
import { baseOf, type Func, type Time, type Value } from "@sightline/gotemplate/value";
import { parseTime } from "@sightline/gotext/parse-time";
import { isZone } from "@sightline/gotext/time";

/** How many nanoseconds one of the unit has that a number of so many digits counts. */
const epochUnits: ReadonlyMap<number, bigint> = new Map([
  [5, 86_400_000_000_000n],
  [10, 1_000_000_000n],
  [13, 1_000_000n],
  [16, 1000n],
  [19, 1n],
]);

function unixToTime(written: string): Time {
  const unit = epochUnits.get(written.length);
  if (unit === undefined || !/^[+-]?\d+$/.test(written)) throw invalid(`unable to parse time '${written}'`);
  return timeOf(BigInt(written) * unit);
}

/** Seconds, milliseconds or nanoseconds since 1970, rounded down. */
function epoch(unit: bigint): Func {
  return func1(time, ({ epochNs }) => {
    const rest = ((epochNs % unit) + unit) % unit;
    // Nanoseconds of the zero time are more than Go can hold.
    return String(BigInt.asIntN(64, (epochNs - rest) / unit));
  });
}

/** The time that `date` shows: a time, or a number of seconds since 1970; else now. */
function shownTime(value: Value, nowNs: bigint): Time {
  if (typeof value === "object" && value?.kind === "time") return timeOf(value.epochNs);
  const seconds = baseOf(value);
  return timeOf(typeof seconds === "bigint" ? seconds * 1_000_000_000n : nowNs);
}

/** The functions for times that depend on when the query began. */
export function clockFunctions(nowNs: bigint): readonly (readonly [string, Func])[] {
  return [
    ["now", func0(() => timeOf(nowNs))],
    ["date", func2(text, any, (layout, value, budget) => formatAs(shownTime(value, nowNs), layout, budget))],
  ];
}

/** The other functions for times that Loki has. Local time is UTC. */
export const timeFunctions: ReadonlyMap<string, Func> = new Map([
  [
    "toDate",
    func2(text, text, (layout, written, budget) => {
      budget.spend(timeUnits + layout.length * matchUnits);
      return readTime(layout, written, "UTC");
    }),
  ],
  [
    "toDateInZone",
    func3([text, text, text], ([layout, zone, written], budget) => {
      budget.spend(2 * timeUnits + layout.length * matchUnits);
      const isKnown = /^[A-Za-z]/.test(zone) && zone !== "Local" && isZone(zone);
      return readTime(layout, written, isKnown ? zone : "UTC");
    }),
  ],
  ["unixEpoch", epoch(1_000_000_000n)],
  ["unixEpochMillis", epoch(1_000_000n)],
  ["unixEpochNanos", epoch(1n)],
  ["unixToTime", func1(text, unixToTime)],
]);

function readTime(layout: string, written: string, zone: string): Time {
  const read = parseTime(layout, written, zone);
  return read === undefined ? zeroTime : timeOf(read.epochNs, read.zone);
}
