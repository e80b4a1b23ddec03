import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { ReadContext } from "../query/reader.ts";
import type { SeriesBlock, StoredSeries } from "./read-series.ts";
import type { SeriesCatalog } from "./series-catalog.ts";
import { seriesRange } from "./series-range.ts";

/** For how long it is not asked again which series a metric has, milliseconds: a new one is not seen for as long. */
const FRESH_MS = 1000;

export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** All series of metrics, whatever their labels: for those who ask for many of them, and again soon. */
export interface MetricSeries {
  /**
   * The series of each metric that may have samples between the times; null of a metric that has more than there may be. Throws what the
   * reader throws.
   */
  find(
    metrics: readonly string[],
    range: TimeRange,
    context: ReadContext,
  ): Promise<ReadonlyMap<string, SeriesBlock | null>>;
}

export interface MetricSeriesOptions {
  readonly catalog: SeriesCatalog;
  readonly clock: Clock;
  /** How many series one metric may have. */
  readonly maxSeries: number;
  /**
   * How many series are remembered with their metrics, of all tenants; a metric counts as one more. Those that were asked for longest ago
   * go first.
   */
  readonly maxKnownSeries: number;
}

interface Known extends TimeRange {
  readonly series: SeriesBlock | null;
  readonly atMs: number;
}

interface Question {
  readonly metrics: readonly string[];
  readonly range: TimeRange;
  readonly context: ReadContext;
}

export function createMetricSeries(options: MetricSeriesOptions): MetricSeries {
  const { catalog, clock, maxSeries, maxKnownSeries } = options;
  // What was found last stands last. A tenant's name has no blanks.
  const known = new Map<string, Known>();
  let size = 0;

  const isRecent = ({ atMs }: Known) => Math.abs(clock() - atMs) < FRESH_MS;
  const isFresh = (one: Known, range: TimeRange) =>
    isRecent(one) && one.startMs <= range.startMs && range.endMs <= one.endMs + FRESH_MS;

  function forget(key: string): void {
    const one = known.get(key);
    if (one === undefined) return;
    size -= sizeOf(one);
    known.delete(key);
  }

  function remember(key: string, one: Known): void {
    forget(key);
    known.set(key, one);
    size += sizeOf(one);
    for (const [oldest, its] of known) {
      if (size <= maxKnownSeries && isRecent(its)) break;
      forget(oldest);
    }
  }

  /** Of metrics that have too many together each is looked at in a smaller company, at last alone. */
  async function read(question: Question): Promise<ReadonlyMap<string, SeriesBlock | null>> {
    const { metrics, range, context } = question;
    const params = { ...seriesRange(range.startMs, range.endMs), metrics };
    try {
      return byMetric(metrics, await catalog.find({ matchers: [], params, maxSeries, context }));
    } catch (thrown) {
      if (AppError.from(thrown).code !== "resource_exhausted") throw thrown;
      const [only] = metrics;
      if (only !== undefined && metrics.length === 1) return new Map([[only, null]]);
      const half = Math.ceil(metrics.length / 2);
      const halves = [metrics.slice(0, half), metrics.slice(half)];
      const found = await Promise.all(halves.map((some) => read({ ...question, metrics: some })));
      return new Map(found.flatMap((part) => [...part]));
    }
  }

  return {
    async find(metrics, range, context) {
      const found = new Map<string, SeriesBlock | null>();
      const missing: string[] = [];
      for (const metric of metrics) {
        const one = known.get(`${context.tenant} ${metric}`);
        if (one !== undefined && isFresh(one, range)) found.set(metric, one.series);
        else missing.push(metric);
      }
      if (missing.length === 0) return found;
      const atMs = clock();
      // Also those that are newest now: who asks next asks for a later time.
      const asked = { startMs: range.startMs, endMs: Math.max(range.endMs, atMs) };
      for (const [metric, series] of await read({ metrics: missing, range: asked, context })) {
        remember(`${context.tenant} ${metric}`, { series, atMs, ...asked });
        found.set(metric, series);
      }
      return found;
    },
  };
}

function sizeOf({ series }: Known): number {
  return 1 + (series?.series.length ?? 0);
}

interface Gathered {
  readonly fingerprints: bigint[];
  readonly series: StoredSeries[];
}

function byMetric(metrics: readonly string[], { fingerprints, series }: SeriesBlock): Map<string, SeriesBlock> {
  const gathered = new Map(metrics.map((metric): [string, Gathered] => [metric, { fingerprints: [], series: [] }]));
  for (const [at, one] of series.entries()) {
    const of = gathered.get(one.metric);
    of?.series.push(one);
    of?.fingerprints.push(fingerprints[at] ?? 0n);
  }
  return new Map(
    Array.from(gathered, ([metric, of]) => [
      metric,
      { series: of.series, fingerprints: BigUint64Array.from(of.fingerprints) },
    ]),
  );
}
