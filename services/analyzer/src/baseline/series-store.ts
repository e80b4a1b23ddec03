import { createSeries, type Series, type SeriesOptions } from "./series.ts";

/** A series' name: its metric and labels. */
export interface SeriesId {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One series with its name. */
export interface KeptSeries extends SeriesId {
  readonly tenant: string;
  readonly key: string;
  readonly series: Series;
}

export interface SeriesStoreOptions extends SeriesOptions {
  /** Over all tenants. The series unheard of for longest go first. */
  readonly maxSeries: number;
  /** Of one tenant; more are not watched, and counted. */
  readonly maxSeriesPerTenant: number;
  /** Counts series not watched because there are too many. */
  refused(): void;
}

/** The series that are watched. */
export interface SeriesStore {
  /** Undefined when the tenant has too many. */
  of(tenant: string, id: SeriesId): KeptSeries | undefined;
  /** Puts back what an earlier run remembered. */
  restore(tenant: string, id: SeriesId, values: readonly number[]): void;
  all(): Iterable<KeptSeries>;
  size(): number;
}

/** The key of a series: the same for the same labels in any order. */
export function seriesKey({ metric, labels }: SeriesId): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric, ...pairs]);
}

export function createSeriesStore(options: SeriesStoreOptions): SeriesStore {
  const kept = new Map<string, KeptSeries>();
  const perTenant = new Map<string, number>();

  const forgetOldest = () => {
    const [oldest] = kept;
    if (oldest === undefined) return;
    const [fullKey, { tenant }] = oldest;
    kept.delete(fullKey);
    perTenant.set(tenant, (perTenant.get(tenant) ?? 1) - 1);
  };

  const insert = (tenant: string, id: SeriesId, key: string, values: readonly number[]): KeptSeries | undefined => {
    const count = perTenant.get(tenant) ?? 0;
    if (count >= options.maxSeriesPerTenant) {
      options.refused();
      return undefined;
    }
    if (kept.size >= options.maxSeries) forgetOldest();
    const entry = { tenant, key, metric: id.metric, labels: id.labels, series: createSeries(options, values) };
    kept.set(`${tenant} ${key}`, entry);
    perTenant.set(tenant, count + 1);
    return entry;
  };

  return {
    of: (tenant, id) => {
      const key = seriesKey(id);
      const fullKey = `${tenant} ${key}`;
      const entry = kept.get(fullKey);
      if (entry === undefined) return insert(tenant, id, key, []);
      // Heard of again: to the end of the order in which series are forgotten.
      kept.delete(fullKey);
      kept.set(fullKey, entry);
      return entry;
    },
    restore: (tenant, id, values) => {
      insert(tenant, id, seriesKey(id), values);
    },
    all: () => kept.values(),
    size: () => kept.size,
  };
}
