import { invalid } from "@sightline/errors/app-error";
import { nanosOfMs, type TimeRange } from "@sightline/model/time";

/** What DateTime64(9) holds: up to April 2262. */
const MAX_UNIX_NANO = 2n ** 63n - 1n;
const HOUR_NANOS = 3_600_000_000_000n;
const MAX_LIST = 1000;

/** A range as a request has it: 0 stands for "an hour before the end" and "now". */
export interface RequestedRange {
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

/**
 * The range that is meant.
 *
 * @param fields the names of the two ends in the request, for messages
 */
export function resolveRange(
  requested: RequestedRange | undefined,
  nowMs: number,
  fields: readonly [start: string, end: string] = ["range.start_unix_nano", "range.end_unix_nano"],
): TimeRange {
  const end = requested?.endUnixNano || nanosOfMs(nowMs);
  if (end > MAX_UNIX_NANO) throw invalid(`cannot use ${fields[1]}: got ${end}, want a time before April 2262`);
  const hourBefore = end > HOUR_NANOS ? end - HOUR_NANOS : 0n;
  const start = requested?.startUnixNano || hourBefore;
  if (start >= end) throw invalid(`cannot use ${fields[0]}: got ${start}, want less than the end, ${end}`);
  return { startUnixNano: start, endUnixNano: end };
}

/** A number of a request: its default for 0, refused above the maximum. */
export function bounded(field: string, value: number, { unset, max }: { unset: number; max: number }): number {
  if (value > max) throw invalid(`cannot use ${field}: got ${value}, want at most ${max}`);
  return value === 0 ? unset : value;
}

/** A text of a request, refused when longer than that many characters. */
export function shortText(field: string, text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  throw invalid(`cannot use ${field}: got ${text.length} characters, want at most ${maxLength}`);
}

/** A list of a request, refused when it has too many items. */
export function shortList<T>(field: string, items: readonly T[], maxItems = MAX_LIST): readonly T[] {
  if (items.length <= maxItems) return items;
  throw invalid(`cannot use ${field}: got ${items.length} items, want at most ${maxItems}`);
}

/** The hex digits of a trace id as it is stored: 32 in lower case, padded on the left. */
export function traceIdOf(field: string, text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, "0");
  throw invalid(`cannot use ${field}: got ${JSON.stringify(text.slice(0, 60))}, want 1 to 32 hex digits`);
}

/** How many attributes may be asked for at once. */
export const MAX_ATTRIBUTES = 20;

/** Attributes that must be equal, as the two arrays that statements take. */
export function attributeParams(attributes: Readonly<Record<string, string>>) {
  const entries = Object.entries(attributes);
  shortList("attributes", entries, MAX_ATTRIBUTES);
  return { attributeKeys: entries.map(([key]) => key), attributeValues: entries.map(([, value]) => value) };
}
