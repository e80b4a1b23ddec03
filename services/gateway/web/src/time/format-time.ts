const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const shortClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** "02:50:39", local. */
export function formatClock(ms: number): string {
  return clock.format(ms);
}

/** "02:50:39.123", local. */
export function formatClockMs(ms: number): string {
  return `${clock.format(ms)}.${String(((ms % 1000) + 1000) % 1000).padStart(3, "0")}`;
}

/** "21 Nov 02:50", local; with the year when it is another than now's. */
export function formatDayClock(ms: number, nowMs: number): string {
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return `${(sameYear ? day : dayOfYear).format(ms)} ${shortClock.format(ms)}`;
}

/** The clock for a moment of today, day and clock otherwise; local. */
export function formatMoment(ms: number, nowMs: number): string {
  return isSameDay(ms, nowMs) ? formatClock(ms) : formatDayClock(ms, nowMs);
}

/** "21 Nov 02:50 – 03:10", local. */
export function formatInterval(startMs: number, endMs: number, nowMs: number): string {
  const start = isSameDay(startMs, nowMs) ? shortClock.format(startMs) : formatDayClock(startMs, nowMs);
  const end = isSameDay(startMs, endMs) ? shortClock.format(endMs) : formatDayClock(endMs, nowMs);
  return endMs - startMs < 120_000 ? `${formatMoment(startMs, nowMs)} – ${formatClock(endMs)}` : `${start} – ${end}`;
}

/** "just now", "12 s ago", "5 min ago", "3 h ago", "2 d ago"; "in 5 min" for the future. */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.round((nowMs - ms) / 1000);
  const size = Math.abs(seconds);
  if (size < 2) return "just now";
  const amount = elapsed(size);
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

/** "12 s", "5 min", "3 h 20 min", "2 d 4 h": a time span for people, from seconds. */
export function elapsed(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return joined(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return joined(Math.floor(whole / 86_400), "d", Math.floor((whole % 86_400) / 3600), "h");
}

/** An RFC 3339 moment with nanoseconds as "2026-11-21 01:50:39.123456789 UTC". */
export function formatUtc(moment: string): string {
  return moment.replace("T", " ").replace(/Z$/, " UTC");
}

/** Milliseconds since the Unix epoch of an RFC 3339 moment; NaN when it is none. */
export function msOf(moment: string): number {
  return Date.parse(moment);
}

/** Nanoseconds since the Unix epoch of an RFC 3339 moment in UTC with up to nine decimals. */
export function nanosOf(moment: string): bigint {
  const match = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(moment);
  const seconds = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  if (match === null || Number.isNaN(seconds)) return 0n;
  return BigInt(seconds) * 1_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}

function isSameDay(aMs: number, bMs: number): boolean {
  return new Date(aMs).toDateString() === new Date(bMs).toDateString();
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
