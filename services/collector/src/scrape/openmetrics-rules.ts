import { claimedNames, groupOf, labelOf, type MetricFamily, seriesKey } from "./metric-family.ts";
import { numberOf, type Sample } from "./sample-line.ts";

/** What OpenMetrics demands across lines. Every check answers what is wrong, or nothing. */
export interface OpenMetricsRules {
  /** Called when a family's first line comes, metadata or sample. */
  open(family: MetricFamily): string | undefined;
  /** Called for each sample, in order, with the family it belongs to. */
  sample(sample: Sample, family: MetricFamily): string | undefined;
  /** Called after a family's last line. */
  close(family: MetricFamily): string | undefined;
}

const COUNTS: ReadonlySet<string> = new Set(["_total", "_sum", "_count", "_bucket", "_gcount"]);
const WHOLE: ReadonlySet<string> = new Set(["_bucket", "_count", "_gcount"]);

/** The demands of OpenMetrics 1.0 on families, groups, types and histograms, kept for one exposition. */
export function createOpenMetricsRules(): OpenMetricsRules {
  const claimed = new Set<string>();
  let groups = createGroups();
  let histogram = createHistogram();
  return {
    open(family) {
      groups = createGroups();
      histogram = createHistogram();
      const names = claimedNames(family);
      const clash = names.find((name) => claimed.has(name));
      for (const name of names) claimed.add(name);
      return clash === undefined ? undefined : `the name ${clash} is taken by an earlier metric`;
    },
    sample(sample, family) {
      return (
        labelProblem(sample, family) ??
        valueProblem(sample, family) ??
        exemplarProblem(sample, family) ??
        groups.add(sample, family) ??
        (isHistogram(family) ? histogram.add(sample, family) : undefined)
      );
    },
    close: (family) => unitProblem(family) ?? (isHistogram(family) ? histogram.end() : undefined),
  };
}

function isHistogram({ type }: MetricFamily): boolean {
  return type === "histogram" || type === "gaugehistogram";
}

function unitProblem({ name, unit, type }: MetricFamily): string | undefined {
  if (unit === "") return undefined;
  if (!name.endsWith(`_${unit}`)) return `the name ${name} does not end in its unit ${unit}`;
  return type === "info" || type === "stateset" ? `a metric of type ${type} has no unit` : undefined;
}

function labelProblem(sample: Sample, { name, type }: MetricFamily): string | undefined {
  const suffix = sample.name.slice(name.length);
  if (type === "stateset" && labelOf(sample, name) === undefined) return `a state without the label ${name}`;
  if (suffix === "_bucket" && (type === "histogram" || type === "gaugehistogram")) {
    const le = numberOf(labelOf(sample, "le") ?? "");
    if (le === undefined || Number.isNaN(le)) return "a bucket without a numeric label le";
  }
  if (type === "summary" && suffix === "") {
    const quantile = numberOf(labelOf(sample, "quantile") ?? "");
    if (quantile === undefined || !(quantile >= 0 && quantile <= 1)) return "want a label quantile from 0 to 1";
  }
  return undefined;
}

function valueProblem({ name: sampleName, value }: Sample, { name, type }: MetricFamily): string | undefined {
  const suffix = sampleName.slice(name.length);
  const counts = COUNTS.has(suffix) && type !== "gauge" && type !== "unknown";
  if ((counts || suffix === "_gsum") && Number.isNaN(value)) return "a count that is no number";
  if (counts && value < 0) return "a count below zero";
  if (WHOLE.has(suffix) && Number.isFinite(value) && !Number.isInteger(value)) return "a count that is not whole";
  if (type === "stateset" && value !== 0 && value !== 1) return "want 0 or 1";
  if (type === "info" && value !== 1) return "want 1";
  return type === "summary" && suffix === "" && value < 0 ? "a quantile's value below zero" : undefined;
}

function exemplarProblem({ name: sampleName, exemplar }: Sample, { name, type }: MetricFamily): string | undefined {
  if (exemplar === undefined) return undefined;
  const suffix = sampleName.slice(name.length);
  const allowed =
    (suffix === "_bucket" && (type === "histogram" || type === "gaugehistogram")) ||
    (suffix === "_total" && type === "counter");
  return allowed ? undefined : "only buckets and counters have exemplars";
}

/** The points of one label set must stand together, in order of time. */
function createGroups() {
  const seen = new Set<string>();
  let current: string | undefined;
  let currentMs: number | undefined;
  return {
    add(sample: Sample, family: MetricFamily): string | undefined {
      const group = groupOf(sample, family);
      if (group !== current) {
        current = group;
        currentMs = sample.timestampMs;
        if (seen.has(group)) return "the samples of one label set do not stand together";
        seen.add(group);
        return undefined;
      }
      const beforeMs = currentMs;
      currentMs = sample.timestampMs;
      if ((beforeMs === undefined) !== (sample.timestampMs === undefined))
        return "some samples have a time, others not";
      const back = beforeMs !== undefined && sample.timestampMs !== undefined && sample.timestampMs < beforeMs;
      return back && family.type !== "info" ? "time goes backwards" : undefined;
    },
  };
}

/** What has been seen of one histogram. */
interface Seen {
  readonly key: string;
  le: number | undefined;
  value: number;
  count: number | undefined;
  sum: boolean;
  gsum: boolean;
  negativeBuckets: boolean;
  negativeGsum: boolean;
}

/** Buckets must rise to +Inf and agree with the count. */
function createHistogram() {
  let seen: Seen | undefined;

  function end(): string | undefined {
    const histogram = seen;
    seen = undefined;
    return histogram === undefined ? undefined : histogramProblem(histogram);
  }

  return {
    end,
    add(sample: Sample, family: MetricFamily): string | undefined {
      const key = `${groupOf(sample, family)} ${sample.timestampMs}`;
      const problem = seen !== undefined && seen.key !== key ? end() : undefined;
      seen ??= {
        key,
        le: undefined,
        value: 0,
        count: undefined,
        sum: false,
        gsum: false,
        negativeBuckets: false,
        negativeGsum: false,
      };
      return note(seen, sample, sample.name.slice(family.name.length)) ?? problem;
    },
  };
}

function note(seen: Seen, sample: Sample, suffix: string): string | undefined {
  if (suffix === "_bucket") {
    const le = numberOf(labelOf(sample, "le") ?? "") ?? Number.NaN;
    if (seen.le !== undefined && seen.le >= le) return "buckets are out of order";
    if (seen.le !== undefined && sample.value < seen.value) return "a bucket counts less than the one below it";
    seen.negativeBuckets ||= le < 0;
    seen.le = le;
    seen.value = sample.value;
  }
  if (suffix === "_count" || suffix === "_gcount") seen.count = sample.value;
  seen.sum ||= suffix === "_sum";
  seen.gsum ||= suffix === "_gsum";
  seen.negativeGsum ||= suffix === "_gsum" && sample.value < 0;
  return undefined;
}

function histogramProblem(seen: Seen): string | undefined {
  if (seen.le !== Number.POSITIVE_INFINITY) return "the bucket +Inf is missing";
  if (seen.count !== undefined && seen.count !== seen.value) return "the count is not that of the bucket +Inf";
  if (seen.sum && seen.count === undefined) return "a sum without a count";
  if (seen.gsum && seen.count === undefined) return "a gsum without a gcount";
  if (!seen.sum && !seen.gsum && seen.count !== undefined) return "a count without a sum";
  if (seen.negativeBuckets && seen.sum) return "a sum beside buckets below zero";
  return !seen.negativeBuckets && seen.negativeGsum ? "a gsum below zero without buckets below zero" : undefined;
}

/** Whether a sample repeats an earlier one of the same moment; such are passed over. */
export function createDuplicates(): (sample: Sample) => boolean {
  const seen = new Set<string>();
  return (sample) => {
    const key = `${sample.name} ${seriesKey(sample.labels)} ${sample.timestampMs}`;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  };
}
