import type { Aggregation } from "../ast.ts";
import { createMean } from "../functions/over-time.ts";
import type { Histogram } from "../histogram/histogram.ts";
import { compact } from "../histogram/layout.ts";
import {
  addHistogram,
  addToMean,
  type HistogramMean,
  type HistogramSum,
  meanHistogram,
  totalHistogram,
} from "../histogram/sum.ts";
import { addTo, totalOf } from "../kahan.ts";
import { metricName } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { quantileOf } from "../quantile.ts";
import { ABSENT, createSeriesWriter, FLOAT, HISTOGRAM, type SeriesWriter, type VectorSeries } from "../value.ts";
import type { Evaluation } from "./evaluation.ts";

/** The series of one group of an aggregation. */
export type Group = readonly VectorSeries[];

export interface Aggregating {
  readonly aggregation: Aggregation;
  readonly evaluation: Evaluation;
  readonly steps: number;
  /** The parameter at each step: the quantile. */
  readonly parameter: Float64Array | null;
}

/** Aggregates the series of a group to one, step by step. */
export function aggregateGroup(group: Group, aggregating: Aggregating): Promise<SeriesWriter> {
  switch (aggregating.aggregation.operator) {
    case "sum":
      return sum(group, aggregating);
    case "avg":
      return average(group, aggregating);
    case "count":
      return count(group, aggregating);
    case "group":
      return each(group, aggregating, () => 1);
    case "min":
      return extreme(group, aggregating, (value, best) => value < best);
    case "max":
      return extreme(group, aggregating, (value, best) => value > best);
    case "stdvar":
      return variance(group, aggregating, (value) => value);
    case "stddev":
      return variance(group, aggregating, Math.sqrt);
    default:
      return quantile(group, aggregating);
  }
}

/** Calls something for each step at which the group has anything. */
async function each(
  group: Group,
  { steps, evaluation }: Aggregating,
  at: (step: number) => number | null,
): Promise<SeriesWriter> {
  const writer = createSeriesWriter(steps);
  for (let step = 0; step < steps; step++) {
    const pause = evaluation.worked(group.length);
    if (pause !== null) await pause;
    if (!group.some(({ kinds }) => kinds[step] !== ABSENT)) continue;
    const value = at(step);
    if (value !== null) writer.setFloat(step, value);
  }
  return writer;
}

async function count(group: Group, { steps, evaluation }: Aggregating): Promise<SeriesWriter> {
  const counts = new Float64Array(steps);
  for (const { kinds } of group) {
    const pause = evaluation.worked(steps);
    if (pause !== null) await pause;
    for (let step = 0; step < steps; step++) if (kinds[step] !== ABSENT) counts[step] = (counts[step] ?? 0) + 1;
  }
  const writer = createSeriesWriter(steps);
  for (let step = 0; step < steps; step++) {
    if ((counts[step] ?? 0) > 0) writer.setFloat(step, counts[step] ?? 0);
  }
  return writer;
}

function hasHistograms(group: Group): boolean {
  return group.some(({ histograms }) => histograms !== null);
}

/** Sums column by column where there are only floats. */
async function sum(group: Group, aggregating: Aggregating): Promise<SeriesWriter> {
  if (hasHistograms(group)) return mixedSteps(group, aggregating, { floats: sumOf, histograms: sumHistograms });
  const { steps, evaluation } = aggregating;
  const sums = new Float64Array(steps);
  const compensations = new Float64Array(steps);
  const present = new Uint8Array(steps);
  for (const { kinds, values } of group) {
    const pause = evaluation.worked(steps);
    if (pause !== null) await pause;
    for (let step = 0; step < steps; step++) {
      if (kinds[step] !== FLOAT) continue;
      const value = values[step] ?? 0;
      const before = sums[step] ?? 0;
      const total = before + value;
      const lost = Math.abs(before) >= Math.abs(value) ? before - total + value : value - total + before;
      compensations[step] = Number.isFinite(total) ? (compensations[step] ?? 0) + lost : 0;
      sums[step] = total;
      present[step] = 1;
    }
  }
  const writer = createSeriesWriter(steps);
  for (let step = 0; step < steps; step++) {
    if (present[step] === 1) {
      writer.setFloat(step, totalOf({ sum: sums[step] ?? 0, compensation: compensations[step] ?? 0 }));
    }
  }
  return writer;
}

function average(group: Group, aggregating: Aggregating): Promise<SeriesWriter> {
  return mixedSteps(group, aggregating, { floats: meanOf, histograms: meanHistograms });
}

function sumOf(values: readonly number[]): number {
  const kahan = { sum: 0, compensation: 0 };
  for (const value of values) addTo(kahan, value);
  return totalOf(kahan);
}

function meanOf([first = 0, ...others]: readonly number[]): number {
  const mean = createMean(first);
  for (const value of others) mean.add(value);
  return mean.value();
}

interface Named {
  readonly histogram: Histogram;
  readonly name: string;
}

interface Ways {
  readonly floats: (values: readonly number[]) => number;
  readonly histograms: (histograms: readonly Named[], aggregating: Aggregating) => Histogram | null;
}

/** Steps that have only floats, or only histograms; one that has both is told of and left out. */
async function mixedSteps(group: Group, aggregating: Aggregating, ways: Ways): Promise<SeriesWriter> {
  const { steps, evaluation, aggregation } = aggregating;
  const writer = createSeriesWriter(steps);
  for (let step = 0; step < steps; step++) {
    const pause = evaluation.worked(group.length);
    if (pause !== null) await pause;
    const floats: number[] = [];
    const histograms: Named[] = [];
    for (const series of group) {
      if (series.kinds[step] === FLOAT) floats.push(series.values[step] ?? 0);
      const histogram = series.kinds[step] === HISTOGRAM ? series.histograms?.[step] : undefined;
      if (histogram !== undefined) histograms.push({ histogram, name: metricName(series.labels) });
    }
    if (floats.length > 0 && histograms.length > 0) {
      evaluation.notes.warn(texts.mixedInAggregation, aggregation.expression.span);
    } else if (floats.length > 0) {
      writer.setFloat(step, ways.floats(floats));
    } else if (histograms.length > 0) {
      const combined = ways.histograms(histograms, aggregating);
      if (combined !== null) writer.setHistogram(step, compact(combined));
    }
  }
  return writer;
}

function sumHistograms(named: readonly Named[], aggregating: Aggregating): Histogram | null {
  const start = (sum: Histogram): HistogramSum => ({ sum, compensation: null });
  const total = foldHistograms(named, aggregating, start, (state, next) => {
    const added = addHistogram(state, next);
    return added === null ? null : { state: added.total, reconciled: added.reconciled };
  });
  return total === null ? null : totalHistogram(total);
}

function meanHistograms(named: readonly Named[], aggregating: Aggregating): Histogram | null {
  const start = (sum: Histogram): HistogramMean => ({
    total: { sum, compensation: null },
    count: 1,
    isIncremental: false,
  });
  const mean = foldHistograms(named, aggregating, start, (state, next) => {
    const added = addToMean(state, next);
    return added === null ? null : { state: added.mean, reconciled: added.reconciled };
  });
  return mean === null ? null : meanHistogram(mean);
}

/** Puts histograms together one after the other, and tells of what does not fit. */
function foldHistograms<State>(
  [first, ...others]: readonly Named[],
  { evaluation: { notes }, aggregation: { expression } }: Aggregating,
  start: (first: Histogram) => State,
  step: (state: State, next: Histogram) => { state: State; reconciled: boolean } | null,
): State | null {
  if (first === undefined) return null;
  let state = start(first.histogram);
  for (const { histogram, name } of others) {
    const stepped = step(state, histogram);
    if (stepped === null) {
      notes.warn(texts.mixedSchemas(name), expression.span);
      return null;
    }
    if (stepped.reconciled) notes.inform(texts.boundsReconciled("aggregation"), expression.span);
    state = stepped.state;
  }
  const hints = new Set([first, ...others].map(({ histogram }) => histogram.hint));
  if (hints.has("reset") && hints.has("not_reset")) notes.warn(texts.conflictingResets("aggregation"), expression.span);
  return state;
}

/** Says that histograms are ignored where the group has some. */
function noteIgnored(group: Group, { evaluation, aggregation }: Aggregating): void {
  if (!group.some(({ kinds }) => kinds.includes(HISTOGRAM))) return;
  evaluation.notes.inform(texts.ignoredInAggregation(aggregation.operator), aggregation.expression.span);
}

function floatsAt(group: Group, step: number): number[] {
  const floats: number[] = [];
  for (const { kinds, values } of group) if (kinds[step] === FLOAT) floats.push(values[step] ?? 0);
  return floats;
}

async function extreme(
  group: Group,
  aggregating: Aggregating,
  beats: (value: number, best: number) => boolean,
): Promise<SeriesWriter> {
  noteIgnored(group, aggregating);
  const { steps, evaluation } = aggregating;
  const bests = new Float64Array(steps);
  const present = new Uint8Array(steps);
  for (const { kinds, values } of group) {
    const pause = evaluation.worked(steps);
    if (pause !== null) await pause;
    for (let step = 0; step < steps; step++) {
      if (kinds[step] !== FLOAT) continue;
      const value = values[step] ?? 0;
      const best = bests[step] ?? 0;
      if (present[step] === 1 && !beats(value, best) && !Number.isNaN(best)) continue;
      bests[step] = value;
      present[step] = 1;
    }
  }
  const writer = createSeriesWriter(steps);
  for (let step = 0; step < steps; step++) if (present[step] === 1) writer.setFloat(step, bests[step] ?? 0);
  return writer;
}

function variance(group: Group, aggregating: Aggregating, map: (variance: number) => number): Promise<SeriesWriter> {
  noteIgnored(group, aggregating);
  return each(group, aggregating, (step) => {
    const floats = floatsAt(group, step);
    if (floats.length === 0) return null;
    if (!Number.isFinite(floats[0])) return Number.NaN;
    let mean = 0;
    let squares = 0;
    floats.forEach((value, i) => {
      const difference = value - mean;
      mean += difference / (i + 1);
      squares += difference * (value - mean);
    });
    return map(squares / floats.length);
  });
}

function quantile(group: Group, aggregating: Aggregating): Promise<SeriesWriter> {
  noteIgnored(group, aggregating);
  return each(group, aggregating, (step) => {
    const floats = floatsAt(group, step);
    if (floats.length === 0) return null;
    return quantileOf(aggregating.parameter?.[step] ?? Number.NaN, Float64Array.from(floats));
  });
}
