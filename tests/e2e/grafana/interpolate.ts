import type { Variable } from "./boards.ts";

/** What Grafana shows: a range and how wide a point of it is. */
export interface Shown {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** The text that stands for each variable. */
  readonly variables: Readonly<Record<string, string>>;
}

/** How often metrics come, as the data source says (`timeInterval`). */
const SCRAPE_MS = 15_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The steps that Grafana rounds to. */
const steps = [15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** Milliseconds of "6h" or "now-6h". */
export function durationOf(text: string): number {
  const [, count, unit = ""] = /^(?:now-)?(\d+)([mhd])$/.exec(text) ?? [];
  const each = units[unit];
  if (each === undefined) throw new Error(`cannot read the duration ${text}`);
  return Number(count) * each;
}

interface Chosen {
  /** The end of the range. */
  readonly toMs: number;
  readonly rangeMs: number;
  /** The least width of a point that the panel wants. */
  readonly leastStepMs?: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a panel of some 700 pixels shows: a point for each of them at most, none narrower than scrapes are apart. */
export function shownOf({ toMs, rangeMs, leastStepMs = 0, variables }: Chosen): Shown {
  const points = 700;
  const wanted = Math.max(rangeMs / points, SCRAPE_MS, leastStepMs) / 1000;
  const step = (steps.find((seconds) => seconds >= wanted) ?? 86_400) * 1000;
  const end = Math.floor(toMs / step) * step;
  return { fromMs: end - Math.floor(rangeMs / step) * step, toMs: end, stepMs: step, variables };
}

/** A text with Grafana's own variables and a board's in the place of their names. Throws when one is unknown. */
export function interpolate(text: string, shown: Shown): string {
  const rangeMs = shown.toMs - shown.fromMs;
  const own: Readonly<Record<string, string>> = {
    __interval: `${shown.stepMs / 1000}s`,
    __interval_ms: String(shown.stepMs),
    __auto: `${shown.stepMs / 1000}s`,
    __rate_interval: `${Math.max(shown.stepMs + SCRAPE_MS, 4 * SCRAPE_MS) / 1000}s`,
    __range: `${rangeMs / 1000}s`,
    __range_s: String(rangeMs / 1000),
    __range_ms: String(rangeMs),
  };
  return text.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (found, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    const value = own[name] ?? shown.variables[name];
    if (value === undefined) throw new Error(`cannot expand ${found}: no variable of that name`);
    return value;
  });
}

/** What a board's variables stand for while "All" is chosen, and texts are empty. */
export function allOf(variables: readonly Variable[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, allValue = "" }) => [name, allValue]));
}

/** Some chosen values of a variable as a pattern, as Grafana writes them for Prometheus and Loki. */
export function patternOf(values: readonly string[]): string {
  const escaped = values.map((value) => value.replaceAll(/[\\^$*+?.()|[\]{}/]/g, String.raw`\\$&`));
  return escaped.length === 1 ? (escaped[0] ?? "") : `(${escaped.join("|")})`;
}
