// After NewTemplateExpander of Prometheus' template/template.go (3.16, Apache-2.0).
import { invalid } from "@sightline/errors/app-error";
import { any, func0, func1, func2, text, variadic } from "@sightline/gotemplate/func";
import type { Functions } from "@sightline/gotemplate/functions/builtins";
import { titleKeeping, toLower, toUpper } from "@sightline/gotemplate/functions/change-case";
import { escapeQuery } from "@sightline/gotemplate/functions/escape";
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
  toFloat,
  toTime,
} from "@sightline/gotemplate/functions/humanize";
import { match, reReplaceAll } from "@sightline/gotemplate/functions/patterns";
import { safeContent } from "@sightline/gotemplate/html/content";
import { durationOf } from "@sightline/gotemplate/time/duration";
import { dict, type Func, type Value } from "@sightline/gotemplate/value";
import { quote } from "@sightline/gotext/quote";
import { parseDuration } from "@sightline/query/promql/durations";
import { stripDomain, stripPort } from "./host-port.ts";
import { labelOf, result, sample, sortedByLabel } from "./samples.ts";

/** What the functions of one expansion depend on. */
export interface FunctionContext {
  /** The time that is evaluated, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly externalUrl: string;
  /** What `query` gives. Throws invalid_argument where the query has no answer. */
  readonly answer: (query: string) => Value;
}

/** The functions of Prometheus' templates of rules. */
export function ruleFunctions({ atMs, externalUrl, answer }: FunctionContext): Functions {
  const own = new Map([
    ["query", func1(text, answer)],
    ["now", func0(() => atMs / 1000)],
    ["externalURL", func0(() => externalUrl)],
    ["pathPrefix", func0(() => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(externalUrl)?.[1] ?? externalUrl)],
  ]);
  return {
    get: (name) => own.get(name) ?? fixedFunctions.get(name),
    has: (name) => own.has(name) || fixedFunctions.has(name),
  };
}

function link(expression: string, tab: number): string {
  return `/graph?g0.expr=${escapeQuery(expression)}&g0.tab=${tab}`;
}

/** Seconds of a duration as Prometheus writes them, which may be negative here. */
function durationSeconds(written: string): number {
  const isNegative = written.startsWith("-");
  const size = isNegative ? written.slice(1) : written;
  if (size === "") throw invalid("empty duration string");
  const ms = parseDuration(size);
  if (ms === null) throw invalid(`not a valid duration string: ${quote(size)}`);
  return (isNegative ? -ms : ms) / 1000;
}

function toDuration(value: Value): Value {
  const ns = toFloat(value) * 1e9;
  // What is beyond a duration of Go is the shortest one, as its conversion has it.
  return durationOf(Math.abs(ns) < 2 ** 63 ? BigInt(Math.trunc(ns)) : -(2n ** 63n));
}

const fixedFunctions: ReadonlyMap<string, Func> = new Map([
  [
    "first",
    func1(result, ({ items: [first = null] }) => {
      if (first === null) throw invalid("first() called on vector with no elements");
      return first;
    }),
  ],
  ["label", func2(text, sample, (name, series) => labelOf(series, name))],
  ["value", func1(sample, ({ fields }) => fields["Value"] ?? null)],
  ["strvalue", func1(sample, (series) => labelOf(series, "__value__"))],
  ["args", variadic(any, (values) => dict(values.map((value, index) => [`arg${index}`, value])))],
  ["reReplaceAll", reReplaceAll],
  ["safeHtml", func1(text, (html) => safeContent("HTML", html))],
  ["match", match],
  ["title", titleKeeping],
  ["toUpper", toUpper],
  ["toLower", toLower],
  ["graphLink", func1(text, (expression) => link(expression, 0))],
  ["tableLink", func1(text, (expression) => link(expression, 1))],
  [
    "sortByLabel",
    func2(text, result, (name, found, budget) => {
      budget.spend(found.items.length * 100);
      return sortedByLabel(found, name);
    }),
  ],
  ["stripPort", func1(text, stripPort)],
  ["stripDomain", func1(text, stripDomain)],
  ["humanize", humanize],
  ["humanize1024", humanize1024],
  ["humanizeDuration", humanizeDuration],
  ["humanizePercentage", humanizePercentage],
  ["humanizeTimestamp", humanizeTimestamp],
  ["toTime", func1(any, (value) => toTime(toFloat(value)))],
  ["toDuration", func1(any, toDuration)],
  ["parseDuration", func1(text, durationSeconds)],
  ["urlQueryEscape", func1(text, escapeQuery)],
]);
