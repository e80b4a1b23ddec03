import type { FieldReference, MetricsFunction } from "../ast.ts";
import { single } from "../compile.ts";
import { formatField } from "../format-field.ts";
import { allSpans, compilePipeline } from "../pipeline.ts";
import type { MetricsLeafPlan } from "../plan.ts";
import { type FieldReader, readerOf } from "../read-field.ts";
import { fieldType } from "../static-type.ts";
import { START } from "../stored-field.ts";
import { layoutOf, type Trace, traceOf } from "../trace.ts";
import { keyOf, numericOf, type Value } from "../value.ts";
import {
  type Accumulator,
  type AccumulatorOptions,
  createAverage,
  createCount,
  createFold,
  createHistogram,
  createQuantiles,
} from "./accumulator.ts";
import { createComparison } from "./comparison.ts";
import { createExemplarPicker } from "./exemplars.ts";
import type { Intervals } from "./intervals.ts";
import { createCells } from "./limits.ts";
import type { LeafOptions, MetricsLeaf } from "./metrics-leaf.ts";
import { type Exemplar, type Label, METRIC_NAME, type TimeSeries } from "./time-series.ts";

type Aggregating = Exclude<MetricsFunction, { function: "compare" }>;

/** Makes a metrics function of its plan. */
export function createLeaf(plan: MetricsLeafPlan, options: LeafOptions): MetricsLeaf {
  const { metrics } = plan;
  if (metrics.function === "compare") return createComparison(plan, metrics, options);
  return createAggregation(plan, metrics, options);
}

/** Spans that have the same of what is grouped by. */
interface Group {
  readonly by: readonly Value[];
  readonly accumulator: Accumulator;
  readonly exemplars: Exemplar[];
}

/** The groups so far, no more than may be: undefined for what would begin another. */
function createGroups(create: () => Accumulator, maxSeries: number) {
  const groups = new Map<string, Group>();
  let isLimited = false;
  return {
    of(by: readonly Value[]): Group | undefined {
      const key = groupKey(by);
      const known = groups.get(key);
      if (known !== undefined) return known;
      if (groups.size >= maxSeries) {
        isLimited = true;
        return undefined;
      }
      const group = { by, accumulator: create(), exemplars: [] };
      groups.set(key, group);
      return group;
    },
    all: () => [...groups.values()],
    isLimited: () => isLimited,
  };
}

/** Lengths keep `a`, `bc` from being `ab`, `c`. */
function groupKey(by: readonly Value[]): string {
  let key = "";
  for (const value of by) {
    const own = keyOf(value);
    key += by.length === 1 ? own : `${own.length}:${own}`;
  }
  return key;
}

const NANOS_PER_SECOND = 1e9;
const NANOS_PER_MS = 1e6;

function createAggregation(plan: MetricsLeafPlan, metrics: Aggregating, options: LeafOptions): MetricsLeaf {
  const { intervals, limits } = options;
  const layout = layoutOf(plan.fields);
  const run = compilePipeline(plan.elements, layout);
  const start = layout.columnOf(START);
  const readBy = metrics.by.map((field) => readerOf(field, layout));
  const readNumber = "field" in metrics ? numberReader(readerOf(metrics.field, layout)) : () => Number.NaN;
  const isCounted = !("field" in metrics);
  const unit = unitOf(metrics);
  const exemplars = createExemplarPicker(limits.maxExemplars, intervals);
  const groups = createGroups(accumulatorOf(metrics, options), limits.maxSeries);
  // Counted without by() there is a series even when there is no span.
  if (metrics.by.length === 0 && isCounted) groups.of([]);

  const offer = (group: Group, interval: number, { value, ...rest }: Exemplar): void => {
    const exemplar = { ...rest, value: value / unit };
    if (exemplars.offer(exemplar, interval)) group.exemplars.push(exemplar);
  };
  const observe = (trace: Trace, span: number): void => {
    const began = trace.columns[start]?.[span];
    const interval = typeof began === "bigint" ? intervals.indexOf(began) : -1;
    const value = interval < 0 ? Number.NaN : readNumber(trace, span);
    if (interval < 0 || (Number.isNaN(value) && !isCounted)) return;
    const group = groups.of(readBy.map((read) => single(read(trace, span))));
    if (group === undefined) return;
    group.accumulator.add(interval, value);
    offer(group, interval, { traceId: trace.traceId, timestampMs: Number(began) / NANOS_PER_MS, value });
  };
  return {
    observeTrace(columns) {
      const trace = traceOf(columns, layout);
      for (const { spans } of run(trace, [allSpans(trace)])) for (const span of spans) observe(trace, span);
    },
    observeGroup(by, interval, group) {
      groups.of(by)?.accumulator.addGroup(interval, group);
    },
    observeExample(by, interval, example) {
      const group = groups.of(by);
      if (group !== undefined) offer(group, interval, example);
    },
    results: () => ({
      series: groups.all().flatMap((group) => seriesOf(metrics, group, intervals)),
      isLimited: groups.isLimited(),
    }),
  };
}

function numberReader(read: FieldReader): (trace: Trace, span: number) => number {
  return (trace, span) => Number(numericOf(single(read(trace, span)))?.value ?? Number.NaN);
}

function unitOf(metrics: Aggregating): number {
  return "field" in metrics && fieldType(metrics.field) === "duration" ? NANOS_PER_SECOND : 1;
}

function accumulatorOf(metrics: Aggregating, { intervals, limits, sampledShare }: LeafOptions): () => Accumulator {
  const perSpan = 1 / sampledShare;
  const options: AccumulatorOptions = {
    intervals: intervals.count,
    cells: createCells(limits.maxCells),
    scale: metrics.function === "rate" ? perSpan / intervals.stepSeconds : perSpan,
    unit: unitOf(metrics),
  };
  switch (metrics.function) {
    case "rate":
    case "count_over_time":
      return () => createCount(options);
    case "min_over_time":
      return () => createFold("min", options);
    case "max_over_time":
      return () => createFold("max", options);
    case "sum_over_time":
      return () => createFold("sum", options);
    case "avg_over_time":
      return () => createAverage(options);
    case "histogram_over_time":
      return () => createHistogram(options);
    case "quantile_over_time":
      return () => createQuantiles(metrics.quantiles, options);
  }
}

function seriesOf(metrics: Aggregating, group: Group, intervals: Intervals): readonly TimeSeries[] {
  const results = group.accumulator.results();
  const labels = labelsOf(metrics.by, group.by);
  return results.map(({ label, values }, at) => {
    const own =
      label === undefined ? [] : [{ name: label.name, value: { type: "float", value: label.value } } as const];
    const named =
      labels.length + own.length === 0 ? [{ name: METRIC_NAME, value: metrics.function }] : [...labels, ...own];
    const exemplars = group.exemplars
      .filter(({ value }) => results.length === 1 || at === nearest(results, value))
      .map((exemplar) => placed(exemplar, values, intervals));
    return { labels: named, values, exemplars: exemplars.filter(({ value }) => !Number.isNaN(value)) };
  });
}

/** What spans were grouped by and have. When they have none of it the first label says so: a series needs one. */
function labelsOf(by: readonly FieldReference[], values: readonly Value[]): readonly Label[] {
  const labels = by.map((field, at) => ({ name: formatField(field), value: values[at] ?? null }));
  const there = labels.filter(({ value }) => value !== null);
  return there.length > 0 ? there : labels.slice(0, 1);
}

/** The result that an example of that value is shown with: that whose values are nearest to it on the whole. */
function nearest(results: ReturnType<Accumulator["results"]>, value: number): number {
  const distances = results.map(({ values }) => Math.abs(values.reduce((sum, each) => Math.max(sum, each), 0) - value));
  return Number.isNaN(value) ? 0 : distances.indexOf(Math.min(...distances));
}

/** Where a function counts, its exemplars lie on its line. */
function placed(exemplar: Exemplar, values: Float64Array, intervals: Intervals): Exemplar {
  if (!Number.isNaN(exemplar.value)) return exemplar;
  return { ...exemplar, value: values[intervals.indexOfMs(exemplar.timestampMs)] ?? Number.NaN };
}
