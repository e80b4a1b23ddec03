import { parseRfc3339 } from "@sightline/model/rfc3339";
import { isSeverity, type Severity } from "@sightline/model/severity";
import { msOfNanos } from "@sightline/model/time";
import { z } from "zod";

/** Where payloads have null, or nothing, for a text that is not there. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

/** Any list, whatever is in it: who reads it says how much of it is looked at. */
export const anyList = z.custom<readonly unknown[]>(Array.isArray, "want a list");

/** A list that is wrong as a whole where it is longer than that: what is in it is not looked at then. */
export function shortList<T>(item: z.ZodType<T>, max: number): z.ZodType<T[]> {
  return anyList
    .refine((all) => all.length <= max, { message: `want at most ${max}`, abort: true })
    .pipe(z.array(item));
}

/** Far more than the labels and annotations that an alert keeps. */
const MAX_TEXTS = 1000;

/** Texts by name. Of what is none only the first is told: there may be as many as fit the request. */
export const textsByName = z
  .custom<object>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
    message: "want texts by name",
    abort: true,
  })
  .transform((all, context): Record<string, string> => {
    const entries: [name: string, text: unknown][] = Object.entries(all);
    if (entries.length > MAX_TEXTS) {
      context.addIssue({ code: "custom", message: `want at most ${MAX_TEXTS}` });
      return z.NEVER;
    }
    const texts: [name: string, text: string][] = [];
    for (const [name, text] of entries) {
      if (typeof text === "string") texts.push([name, text]);
      else {
        context.addIssue({ code: "custom", message: "want a text", path: [name] });
        return z.NEVER;
      }
    }
    return Object.fromEntries(texts);
  });

/** Ids that some payloads have as numbers and some as texts. */
export const idText = z.union([z.string(), z.number()]).transform(String);

/**
 * A time in milliseconds since the Unix epoch: RFC 3339, or seconds or milliseconds since the epoch, told apart by their size. Undefined for
 * Go's zero time and what is none.
 */
export function msOfText(text: string): number | undefined {
  if (/^\d{1,16}(\.\d+)?$/.test(text)) {
    const value = Number(text);
    const ms = value < 1e11 ? value * 1000 : value;
    return ms > 0 && ms < MAX_MS ? Math.round(ms) : undefined;
  }
  // Sentry leaves the zone out: its times are UTC.
  const nanos = parseRfc3339(/[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  return nanos === undefined || nanos <= 0n ? undefined : msOfNanos(nanos);
}

/** What fits nanoseconds in 64 bits: the year 2262. */
const MAX_MS = 9_223_372_036_854;

/** A moment of a payload; undefined where it is missing, Go's zero time, or unreadable. */
export const optionalTime = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((time) => (time === undefined || time === null ? undefined : msOfText(String(time))));

/** What others call how bad something is. */
const severities: Readonly<Record<string, Severity>> = {
  fatal: "critical",
  emergency: "critical",
  page: "critical",
  p1: "critical",
  high: "error",
  major: "error",
  p2: "error",
  moderate: "warning",
  medium: "warning",
  warn: "warning",
  p3: "warning",
  low: "info",
  minor: "info",
  note: "info",
  notice: "info",
  none: "info",
  p4: "info",
  p5: "info",
};

/** One of our severities for one of another system's words. */
export function severityOfWord(word: string, otherwise: Severity = "warning"): Severity {
  const lower = word.toLowerCase();
  return isSeverity(lower) ? lower : (severities[lower] ?? otherwise);
}

/** Without the entries that say nothing. */
export function filled(entries: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(entries)) if (value !== undefined && value !== "") kept[name] = value;
  return kept;
}
