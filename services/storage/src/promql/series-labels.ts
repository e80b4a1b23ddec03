import { type Labels, labelsOf } from "@sightline/query/promql/labels";

/** What is stored of a series that its labels are made of. */
export interface SeriesRow {
  readonly attributes: ReadonlyMap<string, string>;
  readonly serviceNamespace: string;
  readonly serviceName: string;
  readonly serviceInstance: string;
}

/**
 * The labels of a series: its attributes, and `job` and `instance` of its resource where no attribute says them ("Prometheus
 * and OpenMetrics Compatibility" of OpenTelemetry).
 */
export function seriesLabels(name: string, row: SeriesRow): Labels {
  const labels = new Map(row.attributes);
  if (!labels.has("job")) labels.set("job", jobOf(row));
  if (!labels.has("instance")) labels.set("instance", row.serviceInstance);
  labels.set("__name__", name);
  return labelsOf(labels);
}

/** Labels by series and name: what a query asks for is most often what the one before asked for. */
const written = new WeakMap<SeriesRow, Map<string, Labels>>();

/** As `seriesLabels`, and for the same series and name the same object each time. */
export function sameSeriesLabels(name: string, row: SeriesRow): Labels {
  const byName = written.get(row) ?? new Map<string, Labels>();
  written.set(row, byName);
  const labels = byName.get(name) ?? seriesLabels(name, row);
  byName.set(name, labels);
  return labels;
}

function jobOf({ serviceNamespace, serviceName }: SeriesRow): string {
  return serviceNamespace === "" || serviceName === "" ? serviceName : `${serviceNamespace}/${serviceName}`;
}

/** Labels that are made when a series is read: conditions on them cannot be left to the database. */
export const MADE_LABELS: ReadonlySet<string> = new Set(["__name__", "job", "instance", "le", "quantile"]);

/** The same series with one more label. */
export function withLabel<T extends SeriesRow>(series: T, name: string, value: string): T {
  return { ...series, attributes: new Map([...series.attributes, [name, value]]) };
}
