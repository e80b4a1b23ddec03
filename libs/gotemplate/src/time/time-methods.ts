import { formatTime } from "@sightline/gotext/time";
import { func0, func1, text, time } from "../func.ts";
import type { Func, Named, Time, TypeOf, Value } from "../value.ts";
import { duration, durationOf, roundTo } from "./duration.ts";
import { formatAs, printTime, timeOf, zeroTime } from "./layout.ts";

const second = 1_000_000_000n;

/** A number that a layout shows. */
function part(layout: string): (self: Time) => Func {
  return (self) => func0((budget) => BigInt(formatAs(self, layout, budget)));
}

function computed(compute: (self: Time) => Value): (self: Time) => Func {
  return (self) => func0(() => compute(self));
}

/** A month or a day of the week: a number that is printed as its name. */
function wordType(name: string, words: readonly string[]): TypeOf<Named> {
  const print = ({ base }: Named) => words[Number(base)] ?? `%!${name.slice(5)}(${base})`;
  return { name, print, methods: { String: (self) => func0(() => print(self)) } };
}

const monthType = wordType("time.Month", [
  ...["", "January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
]);
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const weekdayType = wordType("time.Weekday", weekdays);

function floor(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return (value - rest) / by - (rest < 0n ? 1n : 0n);
}

/** The methods of `time.Time`. */
export const timeMethods: Readonly<Record<string, (self: Time) => Func>> = {
  Format: (self) => func1(text, (layout, budget) => formatAs(self, layout, budget)),
  String: computed(printTime),
  Unix: computed(({ epochNs }) => floor(epochNs, second)),
  UnixMilli: computed(({ epochNs }) => floor(epochNs, 1_000_000n)),
  UnixMicro: computed(({ epochNs }) => floor(epochNs, 1000n)),
  UnixNano: computed(({ epochNs }) => BigInt.asIntN(64, epochNs)),
  Year: part("2006"),
  Month: computed((self) => ({ kind: "named", type: monthType, base: BigInt(formatTime(self, "1")) })),
  Day: part("2"),
  Hour: part("15"),
  Minute: part("4"),
  Second: part("5"),
  Nanosecond: computed(({ epochNs }) => epochNs - floor(epochNs, second) * second),
  YearDay: computed((self) => BigInt(formatTime(self, "__2").trim())),
  Weekday: computed((self) => {
    return { kind: "named", type: weekdayType, base: BigInt(weekdays.indexOf(formatTime(self, "Monday"))) };
  }),
  UTC: computed(({ epochNs }) => timeOf(epochNs)),
  Local: computed(({ epochNs }) => timeOf(epochNs)),
  IsZero: computed(({ epochNs }) => epochNs === zeroTime.epochNs),
  Add: (self) => func1(duration, (ns) => timeOf(self.epochNs + ns, self.zone)),
  Sub: (self) => func1(time, (other) => durationOf(self.epochNs - other.epochNs)),
  Before: (self) => func1(time, (other) => self.epochNs < other.epochNs),
  After: (self) => func1(time, (other) => self.epochNs > other.epochNs),
  Equal: (self) => func1(time, (other) => self.epochNs === other.epochNs),
  Truncate: (self) => func1(duration, (ns) => sinceZero(self, (age) => (ns <= 0n ? age : age - (age % ns)))),
  Round: (self) => func1(duration, (ns) => sinceZero(self, (age) => roundTo(age, ns))),
};

/** Go rounds times since its zero time. */
function sinceZero({ epochNs, zone }: Time, change: (age: bigint) => bigint): Time {
  return timeOf(change(epochNs - zeroTime.epochNs) + zeroTime.epochNs, zone);
}
