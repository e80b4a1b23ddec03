import { AppError, invalid } from "@sightline/errors/app-error";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import { createMatch } from "@sightline/query/promql/matcher";
import type { Caller } from "../auth/caller.ts";

interface Sample {
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly value: number;
  /** Of histograms and summaries: the family's name, with what the number is behind it. */
  readonly metricName?: string;
}

interface Family {
  readonly name: string;
  readonly help: string;
  /** One of Prometheus' types, in small letters. */
  readonly type: unknown;
  readonly values: readonly Sample[];
}

/** A registry of prom-client. */
export interface OwnMetrics {
  getMetricsAsJSON(): Promise<readonly Family[]>;
}

interface Asked {
  readonly caller: Caller;
  /** A regular expression that a whole name has to match; "" for all. */
  readonly pattern: string;
}

/**
 * What this process measures of itself, each family in the JSON of protobuf's `io.prometheus.client.MetricFamily`, as Prometheus 3.12
 * tells it: 64-bit numbers are texts, and so are those that JSON cannot say. Who may see it are those whose tenant has the same metrics
 * among its data.
 */
export async function selfMetrics(metrics: OwnMetrics, { caller, pattern }: Asked): Promise<readonly object[]> {
  if (caller.tenant !== DEFAULT_TENANT) {
    const want = `want one of the tenant ${DEFAULT_TENANT}, which runs the system`;
    throw new AppError("permission_denied", `cannot read the system's own metrics: got ${caller.name}, ${want}`);
  }
  const isWanted = pattern === "" ? () => true : matchOf(pattern);
  const families = await metrics.getMetricsAsJSON();
  return families.filter(({ name }) => isWanted(name)).map(familyJson);
}

function matchOf(pattern: string): (name: string) => boolean {
  try {
    return createMatch({ name: "__name__", operator: "=~", value: pattern });
  } catch (thrown) {
    throw invalid(`invalid parameter "metric_name_pattern": ${AppError.from(thrown).message}`);
  }
}

function familyJson({ name, help, type, values }: Family) {
  const kind = String(type);
  const isSimple = kind !== "histogram" && kind !== "summary";
  const metric = isSimple ? values.map(simple(kind)) : distributions(name, kind, values);
  return { name, help, type: kind.toUpperCase(), metric };
}

function simple(kind: string) {
  return ({ labels, value }: Sample) => ({ ...labelsJson(labels), [kind]: { value: numberJson(value) } });
}

/** The samples of a histogram or summary, one object for all that have the same labels. */
function distributions(name: string, kind: "histogram" | "summary", samples: readonly Sample[]) {
  const of = kind === "histogram" ? "le" : "quantile";
  const groups = Map.groupBy(samples, ({ labels }) =>
    JSON.stringify(pairsOf(labels).filter(([label]) => label !== of)),
  );
  return [...groups.values()].map((group) => {
    const parts = group.filter(({ labels }) => of in labels);
    const sampleOf = (suffix: string) => group.find(({ metricName }) => metricName === name + suffix)?.value ?? 0;
    const { [of]: _, ...labels } = group[0]?.labels ?? {};
    const sums = { sampleCount: String(sampleOf("_count")), sampleSum: numberJson(sampleOf("_sum")) };
    return { ...labelsJson(labels), [kind]: { ...sums, ...partsJson(kind, parts) } };
  });
}

function partsJson(kind: "histogram" | "summary", parts: readonly Sample[]) {
  if (kind === "summary") {
    return {
      quantile: parts.map(({ labels, value }) => ({
        quantile: Number(labels["quantile"]),
        value: numberJson(value),
      })),
    };
  }
  return {
    bucket: parts.map(({ labels, value }) => ({
      cumulativeCount: String(value),
      upperBound: numberJson(labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels["le"])),
    })),
  };
}

function pairsOf(labels: Sample["labels"]): (readonly [string, string])[] {
  return Object.entries(labels).map(([name, value]) => [name, String(value)] as const);
}

function labelsJson(labels: Sample["labels"]) {
  const label = pairsOf(labels).map(([name, value]) => ({ name, value }));
  return label.length === 0 ? {} : { label };
}

function numberJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
