import { formatGoDuration } from "@sightline/gotext/duration";
import { func0, func1, type Typed } from "../func.ts";
import type { Func, Named, TypeOf, Value } from "../value.ts";

const unit = (ns: bigint) => (self: Named) => func0(() => nanoseconds(self) / ns);
const floatUnit = (ns: number) => (self: Named) => func0(() => Number(nanoseconds(self)) / ns);

/** `time.Duration`. */
export const durationType: TypeOf<Named> = {
  name: "time.Duration",
  print: (self) => formatGoDuration(nanoseconds(self)),
  methods: {
    Nanoseconds: unit(1n),
    Microseconds: unit(1000n),
    Milliseconds: unit(1_000_000n),
    Seconds: floatUnit(1e9),
    Minutes: floatUnit(60e9),
    Hours: floatUnit(3600e9),
    String: (self) => func0(() => formatGoDuration(nanoseconds(self))),
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
