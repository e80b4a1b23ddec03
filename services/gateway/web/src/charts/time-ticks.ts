/** Where to write the time below a chart. */
export interface TimeTick {
  readonly ms: number;
  readonly label: string;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * day),
];

/**
 * Round moments of local time between two moments, at most `maxTicks` steps. `offsetMs`: what local time is ahead of UTC.
 * Labels: the clock for steps below a day (with seconds below a minute), the date otherwise.
 */
export function timeTicks(startMs: number, endMs: number, maxTicks: number, offsetMs: number): readonly TimeTick[] {
  const length = endMs - startMs;
  if (!(length > 0) || maxTicks < 1) return [];
  const step = steps.find((candidate) => length / candidate <= maxTicks) ?? length;
  const ticks: TimeTick[] = [];
  const first = Math.ceil((startMs + offsetMs) / step) * step - offsetMs;
  for (let ms = first; ms <= endMs; ms += step) ticks.push({ ms, label: tickLabel(ms + offsetMs, step) });
  return ticks;
}

/** What local time is ahead of UTC at a moment, milliseconds. */
export function localOffsetMs(ms: number): number {
  return -new Date(ms).getTimezoneOffset() * minute;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function tickLabel(localMs: number, step: number): string {
  const iso = new Date(localMs).toISOString();
  const date = `${Number(iso.slice(8, 10))} ${months[Number(iso.slice(5, 7)) - 1] ?? ""}`;
  if (step >= day) return date;
  if (localMs % day === 0) return date;
  return step < minute ? iso.slice(11, 19) : iso.slice(11, 16);
}
