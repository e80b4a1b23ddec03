import { invalid } from "@sightline/errors/app-error";
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
import { type Codec, list, optional, shownList, struct, type ValueOf } from "./codec.ts";
import { attempt, scalarCodec } from "./scalar-codec.ts";
import { text } from "./values.ts";

const noRange: InclusiveRange = { begin: 0, end: 0 };

function rangeCodec(
  parse: (text: string) => InclusiveRange,
  print: (range: InclusiveRange) => string,
): Codec<InclusiveRange> {
  return scalarCodec({ initial: noRange, empty: noRange, parse, print });
}

const written = struct("times", { startTime: text(), endTime: text() });
const noMinutes: MinuteRange = { startMinute: 0, endMinute: 0 };

const minuteRange: Codec<MinuteRange> = {
  initial: noMinutes,
  empty: noMinutes,
  read(node, context) {
    const { startTime, endTime } = written.read(node, context);
    return attempt(node, context, () => parseMinuteRange(startTime, endTime)) ?? noMinutes;
  },
  print: formatMinuteRange,
};

const location = scalarCodec({
  initial: "",
  empty: "",
  parse(name) {
    if (!isTimeZone(name)) throw invalid(`unknown time zone ${name}`);
    return name;
  },
  print: (name) => name,
});

/** Times that come again. */
export const timeIntervalCodec: Codec<TimeInterval> = struct("time_intervals", {
  times: shownList(minuteRange),
  weekdays: shownList(rangeCodec(parseWeekdayRange, formatWeekdayRange)),
  daysOfMonth: shownList(rangeCodec(parseDayOfMonthRange, formatRange)),
  months: shownList(rangeCodec(parseMonthRange, formatRange)),
  years: shownList(rangeCodec(parseYearRange, formatRange)),
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
