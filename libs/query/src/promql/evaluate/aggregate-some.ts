import type { Labels } from "../labels.ts";
import * as texts from "../note-texts.ts";
import { ABSENT, createSeriesWriter, FLOAT, HISTOGRAM, type SeriesWriter, type VectorSeries } from "../value.ts";
import { xxhash64 } from "../xxhash64.ts";
import type { Aggregating, Group } from "./aggregate.ts";
import { executionProblem } from "./evaluation.ts";

/** Evaluates topk, bottomk, limitk and limit_ratio, which choose some of a group's series and leave them as they are. */
export async function aggregateSome(
  groups: readonly Group[],
  aggregating: Aggregating,
): Promise<readonly VectorSeries[]> {
  const { aggregation, steps, parameter } = aggregating;
  const parameters = parameter ?? new Float64Array(steps);
  if (aggregation.operator === "limit_ratio") {
    return checkRatios(parameters, aggregating) ? chooseByRatio(groups, parameters, aggregating) : [];
  }
  if (!checkCounts(parameters)) return [];
  if (aggregation.operator === "limitk") return chooseFirst(groups, parameters, aggregating);
  return chooseByValue(groups, parameters, aggregating);
}

function checkCounts(parameters: Float64Array): boolean {
  if (!parameters.some((count) => count >= 1 || Number.isNaN(count))) return false;
  for (const count of parameters) {
    if (Number.isNaN(count)) throw executionProblem("Parameter value is NaN");
    if (count <= -(2 ** 63)) throw executionProblem(`Scalar value ${count} underflows int64`);
    if (count >= 2 ** 63) throw executionProblem(`Scalar value ${count} overflows int64`);
  }
  return true;
}

function checkRatios(parameters: Float64Array, { aggregation, evaluation }: Aggregating): boolean {
  if (parameters.every((ratio) => ratio === 0)) return false;
  const { span } = aggregation.parameter ?? aggregation;
  if (parameters.some(Number.isNaN)) throw executionProblem("Ratio value is NaN");
  const greatest = parameters.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const least = parameters.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (greatest > 1) evaluation.notes.warn(texts.invalidRatio(greatest, 1), span);
  if (least < -1) evaluation.notes.warn(texts.invalidRatio(least, -1), span);
  return true;
}

/** The series that were chosen at some step, in the order in which that came up first. */
function createChosen({ steps, evaluation }: Pick<Aggregating, "steps" | "evaluation">) {
  const chosen = new Map<VectorSeries, SeriesWriter>();
  return {
    add(series: VectorSeries, step: number) {
      let writer = chosen.get(series);
      if (writer === undefined) {
        evaluation.budget.take(steps);
        writer = createSeriesWriter(steps);
        chosen.set(series, writer);
      }
      const histogram = series.kinds[step] === HISTOGRAM ? series.histograms?.[step] : undefined;
      if (histogram === undefined) writer.setFloat(step, series.values[step] ?? 0);
      else writer.setHistogram(step, histogram);
    },
    series: () => [...chosen].map(([series, writer]) => writer.series(series.labels, series.dropName)),
  };
}

async function chooseFirst(
  groups: readonly Group[],
  counts: Float64Array,
  { steps, evaluation }: Aggregating,
): Promise<readonly VectorSeries[]> {
  const chosen = createChosen({ steps, evaluation });
  for (const group of groups) {
    for (let step = 0; step < steps; step++) {
      const pause = evaluation.worked(group.length);
      if (pause !== null) await pause;
      let left = Math.trunc(counts[step] ?? 0);
      for (const series of group) {
        if (left < 1) break;
        if (series.kinds[step] === ABSENT) continue;
        chosen.add(series, step);
        left--;
      }
    }
  }
  return chosen.series();
}

async function chooseByValue(
  groups: readonly Group[],
  counts: Float64Array,
  aggregating: Aggregating,
): Promise<readonly VectorSeries[]> {
  const { steps, aggregation, evaluation } = aggregating;
  const chosen = createChosen(aggregating);
  const sign = aggregation.operator === "topk" ? -1 : 1;
  for (const group of groups) {
    if (group.some(({ kinds }) => kinds.includes(HISTOGRAM))) {
      evaluation.notes.inform(texts.ignoredInAggregation(aggregation.operator), aggregation.span);
    }
    for (let step = 0; step < steps; step++) {
      const count = Math.trunc(counts[step] ?? 0);
      if (count < 1) continue;
      const pause = evaluation.worked(group.length);
      if (pause !== null) await pause;
      const floats = group.filter(({ kinds }) => kinds[step] === FLOAT);
      const order = (series: VectorSeries) => series.values[step] ?? 0;
      floats.sort((a, b) => compareValues(order(a), order(b), sign));
      for (const series of floats.slice(0, count)) chosen.add(series, step);
    }
  }
  return chosen.series();
}

/** NaN comes last, whichever way. */
function compareValues(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : sign * (a < b ? -1 : 1);
}

async function chooseByRatio(
  groups: readonly Group[],
  ratios: Float64Array,
  { steps, evaluation }: Aggregating,
): Promise<readonly VectorSeries[]> {
  const chosen = createChosen({ steps, evaluation });
  for (const series of groups.flat()) {
    const pause = evaluation.worked(steps);
    if (pause !== null) await pause;
    const offset = offsetOf(series.labels);
    for (let step = 0; step < steps; step++) {
      if (series.kinds[step] === ABSENT) continue;
      const ratio = Math.max(-1, Math.min(1, ratios[step] ?? 0));
      if (ratio >= 0 ? offset < ratio : offset >= 1 + ratio) chosen.add(series, step);
    }
  }
  return chosen.series();
}

/** A number from 0 to 1 that depends on the labels alone: the hash that Prometheus has of them. */
function offsetOf(labels: Labels): number {
  const parts = labels.flatMap(({ name, value }) => [sized(name), sized(value)]).flat();
  return Number(xxhash64(Buffer.concat(parts))) / 2 ** 64;
}

/** A text with its length before it: one byte, or 255 and three. */
function sized(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const size = length < 255 ? [length] : [255, length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff];
  return [Buffer.from(size), bytes];
}
