import { type AppError, invalid } from "@sightline/errors/app-error";
import { parseRfc3339 } from "@sightline/model/rfc3339";
import { nanosOfMs } from "@sightline/model/time";
import type { TimeRange } from "@sightline/proto/sightline/query/v1/query_service";
import { z } from "zod";

/** A parameter that may be repeated. */
export const list = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]));

/** A whole number from 0 that a uint32 holds. */
export const count = z.coerce.number().int().min(0).max(0xffff_ffff).default(0);

/** A time of a query, for `momentFromText`. */
export const timeText = z
  .string()
  .optional()
  .describe("RFC 3339, milliseconds since the Unix epoch, or relative to now: -15m, -1h, -7d");

/** The two ends of a time range; `start` is inclusive, `end` exclusive. */
export const rangeQuery = { start: timeText, end: timeText };

const relative = /^-(\d{1,9})(ms|s|m|h|d|w)$/;
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Past this, in the year 2262, nanoseconds do not fit a signed 64-bit number. */
const lastUnixNano = 2n ** 63n - 1n;

/** A time of a query in nanoseconds since the Unix epoch; 0 when it is not given. */
export function momentFromText(name: string, text: string | undefined, nowMs: number): bigint {
  if (text === undefined || text === "") return 0n;
  const nanos = nanosFromText(text, nowMs);
  if (nanos === undefined) {
    throw invalid(
      `cannot read ${name}: got ${JSON.stringify(text)}, want RFC 3339 with a zone, Unix milliseconds, or a relative time like -1h`,
    );
  }
  if (nanos < 0n || nanos > lastUnixNano) {
    throw invalid(`cannot use ${name}: got ${JSON.stringify(text)}, want a time between 1970 and 2262`);
  }
  return nanos;
}

function nanosFromText(text: string, nowMs: number): bigint | undefined {
  if (/^\d{1,15}$/.test(text)) return nanosOfMs(Number(text));
  const back = relative.exec(text);
  if (back !== null) return nanosOfMs(nowMs - Number(back[1]) * (unitMs[back[2] ?? ""] ?? 0));
  return parseRfc3339(text);
}

/**
 * The range that a query means. Ends not given stay 0, for the service that answers to choose.
 *
 * @param nowMs milliseconds since the Unix epoch
 */
export function rangeFrom(query: { start?: string | undefined; end?: string | undefined }, nowMs: number): TimeRange {
  const range = {
    startUnixNano: momentFromText("start", query.start, nowMs),
    endUnixNano: momentFromText("end", query.end, nowMs),
  };
  if (range.startUnixNano !== 0n && range.endUnixNano !== 0n && range.startUnixNano >= range.endUnixNano) {
    throw invalid(`cannot use the time range: got start ${query.start} and end ${query.end}, want start before end`);
  }
  return range;
}

/** What zod found, as one error that names each field. */
export function unreadable(error: z.ZodError, where: "query" | "body"): AppError {
  const problems = error.issues.slice(0, 5).map((issue) => {
    const field = issue.path.length > 0 ? issue.path.join(".") : where;
    return issue.code === "unrecognized_keys"
      ? `unknown ${where === "query" ? "parameter" : "field"} ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`
      : `${field}: ${issue.message}`;
  });
  return invalid(`cannot read the ${where === "query" ? "query string" : "body"}: ${problems.join("; ")}`);
}
