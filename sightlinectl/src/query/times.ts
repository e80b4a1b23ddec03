import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Which part of what is kept is asked. */
export interface Times {
  /** Seconds since the Unix epoch. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** Seconds, or a duration such as 30s. */
  readonly step?: string | undefined;
  readonly limit?: number | undefined;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads a time of the command line, as whole seconds since the Unix epoch: RFC 3339, Unix seconds, or relative to now: -15m, -2h, -7d. */
export function timeReader(now: () => number): (text: string) => number {
  return (text) => {
    if (/^\d{1,10}$/.test(text)) return Number(text);
    const [, count, unit = ""] = /^-(\d{1,6})([smhdw])$/.exec(text) ?? [];
    if (count !== undefined) return Math.floor(now() / 1000) - Number(count) * (UNIT_SECONDS[unit] ?? 0);
    const parsed = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(parsed)) throw new InvalidArgumentError("want RFC 3339, Unix seconds, or -15m, -2h, -7d.");
    return Math.floor(parsed / 1000);
  };
}
