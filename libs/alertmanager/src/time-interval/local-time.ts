/** What a clock on the wall and a calendar show. */
export interface LocalTime {
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly minuteOfDay: number;
}

/** How many time zones' formatters are kept: making one takes a thousand times as long as using it. */
const maxFormatters = 512;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** What clocks in a time zone show at a moment (milliseconds since the Unix epoch), by the rules that hold there then. */
export function localTimeOf(unixMs: number, zone: string | undefined): LocalTime {
  const shown = isUtc(zone) ? new Date(unixMs) : new Date(unixMs + offsetMsOf(unixMs, zone));
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    weekday: shown.getUTCDay(),
    minuteOfDay: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
  };
}

/** The last day of a month, which is also how many it has. */
export function daysInMonth({ year, month }: LocalTime): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Whether there is a time zone of this name for Go (`time.LoadLocation`): IANA's names, as they are written there. `Local` is what
 * Alertmanager's host has set: here that is UTC.
 */
export function isTimeZone(name: string): boolean {
  if (isUtc(name)) return true;
  // Intl also knows offsets, which have no name, and takes capital letters for small ones.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    const known = new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

function isUtc(zone: string | undefined): zone is undefined | "" | "UTC" | "Local" {
  return zone === undefined || zone === "" || zone === "UTC" || zone === "Local";
}

function offsetMsOf(unixMs: number, zone: string): number {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(unixMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const numberOf = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const minute = Date.UTC(
    numberOf("year"),
    numberOf("month") - 1,
    numberOf("day"),
    numberOf("hour"),
    numberOf("minute"),
    numberOf("second"),
  );
  return minute - Math.floor(unixMs / 1000) * 1000;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  if (formatters.size >= maxFormatters) formatters.clear();
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formatters.set(zone, formatter);
  return formatter;
}
