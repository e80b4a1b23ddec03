// After DefaultFuncs of Alertmanager's template/template.go (0.34, Apache-2.0).
import { invalid } from "@sightline/errors/app-error";
import { type Budget, matchUnits, timeUnits } from "@sightline/gotemplate/budget";
import { any, anyList, func0, func1, func2, text, texts, time, variadic, variadic1 } from "@sightline/gotemplate/func";
import { title, toLower, toUpper } from "@sightline/gotemplate/functions/change-case";
import { unescapeQuery } from "@sightline/gotemplate/functions/escape";
import { humanizeDuration } from "@sightline/gotemplate/functions/humanize";
import { match, reReplaceAll } from "@sightline/gotemplate/functions/patterns";
import { trimSpace } from "@sightline/gotemplate/functions/trim";
import { safeContent } from "@sightline/gotemplate/html/content";
import { toJson } from "@sightline/gotemplate/json";
import { durationOf } from "@sightline/gotemplate/time/duration";
import { formatAs, timeOf, timeOfMs, zeroTime } from "@sightline/gotemplate/time/layout";
import { dict, type Func, list, stringsType, type Value } from "@sightline/gotemplate/value";
import { readTime } from "@sightline/gotext/parse-time";
import { textOfBytes } from "@sightline/gotext/quote";
import { isZone } from "@sightline/gotext/time";

/** The functions of Alertmanager's templates, but for `routeLabels`. `now` gives milliseconds since the Unix epoch. */
export function alertFunctions(now: () => number): ReadonlyMap<string, Func> {
  return new Map([
    ...fixedFunctions,
    ["now", func0(() => timeOfMs(now()))],
    ["since", func1(time, ({ epochNs }) => durationOf(timeOfMs(now()).epochNs - epochNs))],
  ]);
}

/** The alphabet of base64 that URLs can hold, with padding, as Alertmanager has it. */
function encodeBase64(value: string): string {
  const encoded = Buffer.from(value).toString("base64url");
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=");
}

function decodeBase64(value: string): string {
  const plain = value.replace(/[\r\n]/g, "");
  const wrong = /[^\w-]/.exec(plain.replace(/={0,2}$/, ""));
  if (wrong !== null || plain.length % 4 !== 0) {
    throw invalid(`illegal base64 data at input byte ${wrong?.index ?? plain.length}`);
  }
  return textOfBytes(Buffer.from(plain, "base64url"));
}

function inZone(name: string, epochNs: bigint, budget: Budget): Value {
  budget.spend(timeUnits);
  if (name === "" || name === "UTC" || name === "Local") return timeOf(epochNs);
  if (!/^[A-Za-z]/.test(name) || !isZone(name)) throw invalid(`unknown time zone ${name}`);
  return timeOf(epochNs, name);
}

function mustToDate(layout: string, value: string): Value {
  const read = readTime(layout, value, "UTC");
  if ("problem" in read) throw invalid(read.problem);
  return timeOf(read.epochNs, read.zone);
}

function toDate(layout: string, value: string): Value {
  const read = readTime(layout, value, "UTC");
  return "problem" in read ? zeroTime : timeOf(read.epochNs, read.zone);
}

function dateReader(read: (layout: string, value: string) => Value) {
  return (layout: string, value: string, budget: Budget) => {
    budget.spend(timeUnits + layout.length * matchUnits);
    return read(layout, value);
  };
}

function toDict(values: readonly Value[]): Value {
  if (values.length % 2 !== 0) throw invalid("dict requires an even number of arguments");
  const entries: [string, Value][] = [];
  for (let index = 0; index < values.length; index += 2) {
    const key = values[index];
    if (typeof key !== "string") throw invalid("dict keys must be strings");
    entries.push([key, values[index + 1] ?? null]);
  }
  return dict(entries);
}

const fixedFunctions: readonly (readonly [string, Func])[] = [
  ["toUpper", toUpper],
  ["toLower", toLower],
  ["title", title],
  ["trimSpace", func1(text, trimSpace)],
  [
    "join",
    func2(text, texts, (separator, words, budget) => {
      budget.spend(words.reduce((total, word) => total + word.length + separator.length, 0));
      return words.join(separator);
    }),
  ],
  ["match", match],
  ["safeHtml", func1(text, (html) => safeContent("HTML", html))],
  ["safeUrl", func1(text, (url) => safeContent("URL", url))],
  ["urlUnescape", func1(text, unescapeQuery)],
  ["reReplaceAll", reReplaceAll],
  ["stringSlice", variadic(text, (words) => list(words, stringsType))],
  ["date", func2(text, time, (layout, at, budget) => formatAs(at, layout, budget))],
  ["tz", func2(text, time, (zone, { epochNs }, budget) => inZone(zone, epochNs, budget))],
  ["humanizeDuration", humanizeDuration],
  ["toDate", func2(text, text, dateReader(toDate))],
  ["mustToDate", func2(text, text, dateReader(mustToDate))],
  ["toJson", func1(any, (value, budget) => toJson(value, budget))],
  ["base64encode", func1(text, encodeBase64)],
  ["base64decode", func1(text, decodeBase64)],
  ["list", variadic(any, (items) => list(items))],
  ["append", variadic1(anyList, any, (items, more) => list([...items, ...more]))],
  ["dict", variadic(any, toDict)],
];
