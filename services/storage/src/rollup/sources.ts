import { readFileSync } from "node:fs";
import { fill } from "../query/statement.ts";

/** A table of samples, and the statements that roll them up. Each takes `from`, `until`, `version` and `tenants` (none: all). */
export interface RollupSource {
  readonly table: string;
  /** Samples to buckets of five minutes. */
  readonly fiveMinutes: readonly string[];
  /** Those to hours. */
  readonly hours: readonly string[];
}

/** Sources that are rolled up together, as far as a table of their own says. */
export interface RollupGroup {
  readonly progressTable: string;
  readonly sources: readonly RollupSource[];
}

const read = {
  rolled: readFileSync(new URL("./sql/rolled.sql", import.meta.url), "utf8"),
  samples: readFileSync(new URL("./sql/roll-up-samples.sql", import.meta.url), "utf8"),
  hours: readFileSync(new URL("./sql/roll-up-hours.sql", import.meta.url), "utf8"),
  withinSamples: readFileSync(new URL("./sql/within-samples.sql", import.meta.url), "utf8"),
  withinBuckets: readFileSync(new URL("./sql/within-buckets.sql", import.meta.url), "utf8"),
  keepTotals: readFileSync(new URL("./sql/keep-totals.sql", import.meta.url), "utf8"),
  histogramRestarted: readFileSync(new URL("./sql/histogram-restarted.sql", import.meta.url), "utf8"),
  exponentialRestarted: readFileSync(new URL("./sql/exponential-restarted.sql", import.meta.url), "utf8"),
  summaryRestarted: readFileSync(new URL("./sql/summary-restarted.sql", import.meta.url), "utf8"),
  addHistograms: readFileSync(new URL("./sql/add-histogram-deltas.sql", import.meta.url), "utf8"),
  addExponential: readFileSync(new URL("./sql/add-exponential-deltas.sql", import.meta.url), "utf8"),
};

interface Distribution {
  readonly table: string;
  readonly columns: string;
  /** When a row does not go on from the one before. */
  readonly restarted: string;
  readonly addDeltas: string | null;
}

function distribution({ table, columns, restarted, addDeltas }: Distribution): RollupSource {
  const templates = addDeltas === null ? [read.keepTotals] : [read.keepTotals, addDeltas];
  const statements = (from: Readonly<Record<"target" | "source" | "bucket" | "weight" | "within", string>>) =>
    templates.map((template) => fill(template, { ...from, columns, restarted }));
  return {
    table,
    fiveMinutes: statements({
      target: `${table}_rollup_5m`,
      source: table,
      bucket: "toDateTime(intDiv(toUnixTimestamp64Milli(Timestamp) - 1, 300000) * 300)",
      weight: "1",
      within: read.withinSamples,
    }),
    hours: statements({
      target: `${table}_rollup_1h`,
      source: `${table}_rollup_5m FINAL`,
      bucket: "toStartOfHour(Bucket)",
      weight: "Weight",
      within: read.withinBuckets,
    }),
  };
}

/** Numbers: what there is to say of them is calculated. */
export const NUMBERS: RollupGroup = {
  progressTable: "metrics_rollup_progress",
  sources: [
    {
      table: "metrics_samples",
      fiveMinutes: [fill(read.samples, { rolled: read.rolled, within: read.withinSamples })],
      hours: [fill(read.hours, { within: read.withinBuckets })],
    },
  ],
};

/** Histograms and summaries: those that say it are kept, or added up where they are deltas. */
export const DISTRIBUTIONS: RollupGroup = {
  progressTable: "metrics_distribution_rollup_progress",
  sources: [
    distribution({
      table: "metrics_histograms",
      columns: "Flags, Count, Sum, Min, Max, BucketCounts, ExplicitBounds",
      restarted: read.histogramRestarted,
      addDeltas: read.addHistograms,
    }),
    distribution({
      table: "metrics_exponential_histograms",
      columns:
        "Flags, Count, Sum, Min, Max, Scale, ZeroCount, ZeroThreshold, " +
        "PositiveOffset, PositiveBucketCounts, NegativeOffset, NegativeBucketCounts",
      restarted: read.exponentialRestarted,
      addDeltas: read.addExponential,
    }),
    distribution({
      table: "metrics_summaries",
      columns: "Flags, Count, Sum, Quantiles, Values",
      restarted: read.summaryRestarted,
      addDeltas: null,
    }),
  ],
};
