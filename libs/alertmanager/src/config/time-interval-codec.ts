import { AppError } from "@sightline/errors/app-error";
import { isTimeZone } from "../time-interval/local-time.ts";
import {
  formatMinuteRange,
  formatRange,
  formatWeekdayRange,
  parseDayOfMonthRange,
  parseMinuteRange,
  parseMonthRange,
  parseWeekdayRange,
  parseYearRange,
} from "../time-interval/parse-ranges.ts";
import type { InclusiveRange, MinuteRange, TimeInterval } from "../time-interval/time-interval.ts";
import { type Codec, list, optional, type ReadContext, struct, type ValueOf } from "./codec.ts";
import { text } from "./values.ts";
import type { YamlNode } from "./yaml-tree.ts";

function parsed<T>(node: YamlNode, context: ReadContext, empty: T, parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "invalid_argument") throw thrown;
    context.problem(node, thrown.message);
    return empty;
  }
}

const noRange: InclusiveRange = { begin: 0, end: 0 };

function rangeCodec(
  parse: (text: string) => InclusiveRange,
  print: (range: InclusiveRange) => string,
): Codec<InclusiveRange> {
  return {
    initial: noRange,
    empty: noRange,
    read(node, context) {
      const written = text().read(node, context);
      return parsed(node, context, noRange, () => parse(written));
    },
    print,
  };
}

const written = struct("times", { startTime: text(), endTime: text() });
const noMinutes: MinuteRange = { startMinute: 0, endMinute: 0 };

const minuteRange: Codec<MinuteRange> = {
  initial: noMinutes,
  empty: noMinutes,
  read(node, context) {
    const { startTime, endTime } = written.read(node, context);
    return parsed(node, context, noMinutes, () => parseMinuteRange(startTime, endTime));
  },
  print: formatMinuteRange,
};

const location: Codec<string> = {
  ...text(),
  read(node, context) {
    const name = text().read(node, context);
    if (!isTimeZone(name)) context.problem(node, `unknown time zone ${name}`);
    return name;
  },
};

/** Times that come again. */
export const timeIntervalCodec: Codec<TimeInterval> = struct("time_intervals", {
  times: optional(list(minuteRange)),
  weekdays: optional(list(rangeCodec(parseWeekdayRange, formatWeekdayRange))),
  daysOfMonth: optional(list(rangeCodec(parseDayOfMonthRange, formatRange))),
  months: optional(list(rangeCodec(parseMonthRange, formatRange))),
  years: optional(list(rangeCodec(parseYearRange, formatRange))),
  location: optional(location),
});

/** Intervals with a name; `kind` is what messages call them. */
export function namedIntervalsCodec(kind: "time interval" | "mute time interval") {
  return struct(
    `${kind.replaceAll(" ", "_")}s`,
    { name: text(), timeIntervals: list(timeIntervalCodec) },
    {
      finish(config, fail) {
        if (config.name === "") fail(`missing name in ${kind}`);
        return config;
      },
    },
  );
}

export type NamedIntervals = ValueOf<ReturnType<typeof namedIntervalsCodec>>;
