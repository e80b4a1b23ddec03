/**
 * A span of time as it stands in the page's address: each end is "now", a time before now ("-15m", "-1h", "-7d") or a
 * moment (RFC 3339). Kept as text, so that a link to "the last hour" stays the last hour.
 */
export interface TimeRange {
  readonly start: string;
  readonly end: string;
}

/** The ends of a range, milliseconds since the Unix epoch. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** The ranges offered, shortest first. */
export const RELATIVE_RANGES = [
  "-5m",
  "-15m",
  "-30m",
  "-1h",
  "-3h",
  "-6h",
  "-12h",
  "-24h",
  "-2d",
  "-7d",
  "-30d",
] as const;

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const unitName: Readonly<Record<string, string>> = { s: "second", m: "minute", h: "hour", d: "day" };

/** The milliseconds before now that "-1h" and the like mean; undefined when it is no such text. */
export function relativeMs(text: string): number | undefined {
  const match = /^-(\d{1,6})([smhd])$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (unitMs[match[2] ?? ""] ?? 0);
}

/** The moment a text means, milliseconds since the Unix epoch; undefined when it means none. */
export function momentMs(text: string, nowMs: number): number | undefined {
  if (text === "now" || text === "") return nowMs;
  const before = relativeMs(text);
  if (before !== undefined) return nowMs - before;
  if (/^\d{10,14}$/.test(text)) return Number(text);
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The range of two texts from the address; the default where they mean nothing or the end is not after the start. */
export function parseRange(start: string | null, end: string | null, fallback: TimeRange): TimeRange {
  if (start === null) return fallback;
  const range: TimeRange = { start, end: end ?? "now" };
  const startMs = momentMs(range.start, 0);
  const endMs = momentMs(range.end, 0);
  if (startMs === undefined || endMs === undefined) return fallback;
  // Only two ends of one kind can be compared without knowing the time.
  if (isRelative(range.start) === isRelative(range.end) && startMs >= endMs) return fallback;
  return range;
}

/** The range with both ends as moments. */
export function resolveRange(range: TimeRange, nowMs: number): Interval {
  const endMs = momentMs(range.end, nowMs) ?? nowMs;
  const startMs = momentMs(range.start, nowMs) ?? endMs - 3_600_000;
  return { startMs, endMs };
}

/** The range of two moments, to the millisecond. */
export function rangeOf(startMs: number, endMs: number): TimeRange {
  return { start: new Date(Math.round(startMs)).toISOString(), end: new Date(Math.round(endMs)).toISOString() };
}

/** Whether the range ends now and so goes on growing. */
export function endsNow(range: TimeRange): boolean {
  return range.end === "now" || range.end === "";
}

/** What the API takes for the range: an end of now is left out. */
export function rangeQuery(range: TimeRange): { start: string; end: string | undefined } {
  return { start: range.start, end: endsNow(range) ? undefined : range.end };
}

/** How long the range is, milliseconds. */
export function rangeLengthMs(range: TimeRange, nowMs: number): number {
  const { startMs, endMs } = resolveRange(range, nowMs);
  return Math.max(0, endMs - startMs);
}

/** How often to ask again while the range grows, milliseconds: often enough to see it move, never more than 5 s. */
export function refreshMs(range: TimeRange): number | false {
  if (!endsNow(range)) return false;
  const length = relativeMs(range.start) ?? 3_600_000;
  return Math.min(60_000, Math.max(5_000, Math.round(length / 240)));
}

/** "Last 15 minutes" for a relative start; undefined otherwise. */
export function relativeLabel(start: string): string | undefined {
  const match = /^-(\d{1,6})([smhd])$/.exec(start);
  if (match === null) return undefined;
  const amount = Number(match[1]);
  const unit = unitName[match[2] ?? ""] ?? "";
  return amount === 1 ? `Last ${unit}` : `Last ${amount} ${unit}s`;
}

/** The range moved by its own length: -1 back, 1 on. */
export function shiftRange(range: TimeRange, direction: -1 | 1, nowMs: number): TimeRange {
  const { startMs, endMs } = resolveRange(range, nowMs);
  const length = endMs - startMs;
  return rangeOf(startMs + direction * length, endMs + direction * length);
}

/** The range twice as long around the same middle, but not into the future. */
export function widenRange(range: TimeRange, nowMs: number): TimeRange {
  const { startMs, endMs } = resolveRange(range, nowMs);
  const half = (endMs - startMs) / 2;
  const end = Math.min(nowMs, endMs + half);
  return rangeOf(end - 4 * half, end);
}

function isRelative(text: string): boolean {
  return text === "now" || text === "" || relativeMs(text) !== undefined;
}
