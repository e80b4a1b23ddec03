import { func0, func1, type Typed } from "../func.ts";
import type { Func, Named, TypeOf, Value } from "../value.ts";

const second = 1_000_000_000n;

/** A duration as Go prints it: `1h30m0s`, `1.5s`, `2µs`. */
export function formatDuration(ns: bigint): string {
  if (ns < 0n) return `-${formatDuration(-ns)}`;
  if (ns === 0n) return "0s";
  if (ns < 1000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${fraction(ns, 3)}µs`;
  if (ns < second) return `${fraction(ns, 6)}ms`;
  const hours = ns / (3600n * second);
  const minutes = (ns / (60n * second)) % 60n;
  const seconds = `${fraction(ns % (60n * second), 9)}s`;
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

/** A number of units of 10^-places, without zeros at its end. */
function fraction(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  const behind = digits.slice(-places).replace(/0+$/, "");
  return digits.slice(0, -places) + (behind === "" ? "" : `.${behind}`);
}

const unit = (ns: bigint) => (self: Named) => func0(() => nanoseconds(self) / ns);
const floatUnit = (ns: number) => (self: Named) => func0(() => Number(nanoseconds(self)) / ns);

/** `time.Duration`. */
export const durationType: TypeOf<Named> = {
  name: "time.Duration",
  print: (self) => formatDuration(nanoseconds(self)),
  methods: {
    Nanoseconds: unit(1n),
    Microseconds: unit(1000n),
    Milliseconds: unit(1_000_000n),
    Seconds: floatUnit(1e9),
    Minutes: floatUnit(60e9),
    Hours: floatUnit(3600e9),
    String: (self) => func0(() => formatDuration(nanoseconds(self))),
    Abs: (self) => func0(() => durationOf(absolute(nanoseconds(self)))),
    Round: (self) => withMultiple((multiple) => roundTo(nanoseconds(self), multiple)),
    Truncate: (self) =>
      withMultiple((multiple) => {
        const ns = nanoseconds(self);
        return multiple <= 0n ? ns : ns - (ns % multiple);
      }),
  },
};

function withMultiple(change: (multiple: bigint) => bigint): Func {
  return func1(duration, (multiple) => durationOf(change(multiple)));
}

/** A duration rounded to a multiple, the middle away from zero. */
export function roundTo(ns: bigint, multiple: bigint): bigint {
  if (multiple <= 0n) return ns;
  const rest = absolute(ns) % multiple;
  const rounded = absolute(ns) - rest + (rest * 2n >= multiple ? multiple : 0n);
  return ns < 0n ? -rounded : rounded;
}

function absolute(ns: bigint): bigint {
  return ns < 0n ? -ns : ns;
}

/** A duration of so many nanoseconds. */
export function durationOf(ns: bigint): Named {
  return { kind: "named", type: durationType, base: ns };
}

function nanoseconds({ base }: Named): bigint {
  return typeof base === "bigint" ? base : 0n;
}

/** A parameter that is a duration; a constant is its number of nanoseconds. */
export const duration: Typed<bigint> = {
  type: "time.Duration",
  constant: "int",
  ofInt: durationOf,
  takesNil: false,
  accepts: (value) => readDuration(value) !== undefined,
  read: readDuration,
};

function readDuration(value: Value): bigint | undefined {
  const isDuration = typeof value === "object" && value?.kind === "named" && value.type === durationType;
  return isDuration ? nanoseconds(value) : undefined;
}
