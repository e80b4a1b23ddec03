import { formatDuration, parseDuration } from "@sightline/query/promql/durations";
import type { Vector, VectorElement } from "../evaluate/queries.ts";
import { labelsKey } from "../labels.ts";
import type { MapReader } from "../yaml/map-reader.ts";
import { expressionProblem } from "./expression.ts";
import { type BurnRate, type BurnRateSource, type Expression, QUERY_LANGUAGES } from "./source.ts";

const defaultWindow = "30d";

/**
 * The pairs of the SRE workbook (chapter 5, table 5-8), by the share of the budget that is gone when the long time is over; the factor follows
 * from that and the window: for 30 days 14.4, 6, 3 and 1.
 */
const workbook = [
  { long: "1h", short: "5m", share: 0.02, severity: "critical" },
  { long: "6h", short: "30m", share: 0.05, severity: "critical" },
  { long: "1d", short: "2h", share: 0.1, severity: "warning" },
  { long: "3d", short: "6h", share: 0.1, severity: "warning" },
] as const;

/** The pairs for a window that nobody has chosen others for. */
export function defaultBurnRates(windowMs: number): readonly BurnRate[] {
  return workbook.map(({ long, short, share, severity }) => {
    const longMs = parseDuration(long) ?? 0;
    return { longMs, shortMs: parseDuration(short) ?? 0, factor: (share * windowMs) / longMs, severity };
  });
}

/** Reads `slo: { objective: 99.9, window: 30d, error_ratio: … }`, or `errors` and `total` instead of the ratio. */
export function readBurnRate(reader: MapReader): BurnRateSource {
  const objective = reader.number("objective");
  if (objective === undefined || !(objective > 0 && objective < 100)) {
    reader.refuse("objective", `slo: got the objective ${objective ?? "nothing"}, want percent between 0 and 100`);
  }
  const windowMs = reader.durationMs("window") ?? parseDuration(defaultWindow) ?? 0;
  const given = reader.maps("burn_rates", "one of burn_rates")?.map(readPair);
  const errorRatio = readRatio(reader);
  const burnRates = given ?? defaultBurnRates(windowMs);
  for (const { longMs } of errorRatio === undefined ? [] : burnRates.slice(0, 1)) {
    const problem = expressionProblem(over(errorRatio ?? { language: "promql", text: "" }, longMs));
    if (problem !== undefined)
      reader.refuse(reader.has("error_ratio") ? "error_ratio" : "errors", `could not parse expression: ${problem}`);
  }
  return {
    kind: "burn_rate",
    objective: objective ?? 0,
    windowMs,
    errorRatio: errorRatio ?? { language: "promql", text: "" },
    burnRates,
  };
}

function readPair(reader: MapReader): BurnRate {
  const longMs = reader.durationMs("long");
  const shortMs = reader.durationMs("short");
  const factor = reader.number("factor");
  if (longMs === undefined || shortMs === undefined || shortMs >= longMs) {
    reader.refuse("long", "burn_rates: want a long and a short duration, the short one shorter");
  }
  if (factor === undefined || !(factor > 0)) reader.refuse("factor", "burn_rates: got no factor, want one above 0");
  const severity = reader.text("severity") ?? "critical";
  reader.finish();
  return { longMs: longMs ?? 1, shortMs: shortMs ?? 1, factor: factor ?? 1, severity };
}

function readRatio(reader: MapReader): Expression | undefined {
  const ratio = reader.text("error_ratio");
  const [errors, total] = [reader.text("errors"), reader.text("total")];
  const word = reader.text("language") ?? "promql";
  const language = QUERY_LANGUAGES.find((one) => one === word);
  if (language === undefined)
    reader.refuse("language", `language: got ${word}, want one of ${QUERY_LANGUAGES.join(", ")}`);
  const isPair = errors !== undefined && total !== undefined;
  if ((ratio === undefined) !== isPair || (ratio !== undefined && (errors ?? total) !== undefined)) {
    reader.refuse("error_ratio", "slo: want either error_ratio, or errors and total");
    return undefined;
  }
  const text = ratio ?? `(${errors}) / (${total})`;
  if (!text.includes("$window"))
    reader.refuse(
      ratio === undefined ? "errors" : "error_ratio",
      "slo: got no $window, want it for the time of a range",
    );
  return { language: language ?? "promql", text };
}

/** The ratio over a time. */
export function over({ language, text }: Expression, ms: number): Expression {
  return { language, text: text.replaceAll("$window", formatDuration(ms)) };
}

/** All times that the ratio is asked over, each once. */
export function timesOf({ burnRates }: BurnRateSource): readonly number[] {
  return [...new Set(burnRates.flatMap(({ longMs, shortMs }) => [longMs, shortMs]))];
}

/**
 * The series whose budget burns too fast, for each severity once, with the greatest rate over a long time.
 *
 * @param ratios the shares of errors by the time that they were asked over
 */
export function burningSeries(source: BurnRateSource, ratios: ReadonlyMap<number, Vector>): Vector {
  const budget = 1 - source.objective / 100;
  const rates = new Map([...ratios].map(([ms, vector]) => [ms, ratesOf(vector, budget)]));
  const found = new Map<string, VectorElement & { readonly value: number }>();
  for (const { longMs, shortMs, factor, severity } of source.burnRates) {
    const short = rates.get(shortMs);
    for (const [key, { labels, rate }] of rates.get(longMs) ?? []) {
      if (!(rate > factor && (short?.get(key)?.rate ?? 0) > factor)) continue;
      const before = found.get(`${severity} ${key}`);
      if (before === undefined || before.value < rate)
        found.set(`${severity} ${key}`, { labels: { ...labels, severity }, value: rate });
    }
  }
  return [...found.values()];
}

interface Rate {
  readonly labels: VectorElement["labels"];
  /** How many times faster than the objective allows. */
  readonly rate: number;
}

function ratesOf(vector: Vector, budget: number): ReadonlyMap<string, Rate> {
  return new Map(
    vector.flatMap(({ labels, value }) =>
      typeof value === "number" ? [[labelsKey(labels), { labels, rate: value / budget }] as const] : [],
    ),
  );
}

/** As `readBurnRate` reads it. */
export function formatBurnRate({ objective, windowMs, errorRatio, burnRates }: BurnRateSource): object {
  return {
    objective,
    window: formatDuration(windowMs),
    ...(errorRatio.language !== "promql" && { language: errorRatio.language }),
    error_ratio: errorRatio.text,
    burn_rates: burnRates.map(({ longMs, shortMs, factor, severity }) => ({
      long: formatDuration(longMs),
      short: formatDuration(shortMs),
      factor,
      severity,
    })),
  };
}
