import type { Histogram } from "./histogram/histogram.ts";
import type { Labels } from "./labels.ts";

/** What a series has at a step. */
export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/** A series over all steps of a grid. */
export interface VectorSeries {
  readonly labels: Labels;
  /** Whether the metric's name does not belong to it any more and goes at the end (delayed name removal). */
  readonly dropName: boolean;
  /** For each step ABSENT, FLOAT or HISTOGRAM. */
  readonly kinds: Uint8Array;
  /** The values of the steps that are FLOAT. */
  readonly values: Float64Array;
  /** The histograms of the steps that are HISTOGRAM; null when there are none. */
  readonly histograms: (Histogram | undefined)[] | null;
}

/** A vector for each step. The order of the series counts only where there is one step. */
export interface VectorValue {
  readonly kind: "vector";
  readonly series: readonly VectorSeries[];
}

export interface ScalarValue {
  readonly kind: "scalar";
  /** One for each step. */
  readonly values: Float64Array;
}

export interface StringValue {
  readonly kind: "string";
  readonly text: string;
}

/** What an expression has come to, over all steps of a grid. */
export type StepValues = VectorValue | ScalarValue | StringValue;

export const emptyVector: VectorValue = { kind: "vector", series: [] };

/**
 * How many samples a series counts as while it is held: a step without a sample takes memory too, about half of what a sample does
 * that was read.
 */
export function samplesHeld(steps: number, samples: number): number {
  return Math.ceil((steps + samples) / 2);
}

/** How many samples the value of an expression counts as. */
export function sizeOf(value: StepValues): number {
  switch (value.kind) {
    case "string":
      return 0;
    case "scalar":
      return value.values.length;
    case "vector":
      return value.series.reduce((sum, { kinds }) => sum + samplesHeld(kinds.length, presentSteps(kinds)), 0);
  }
}

/** How many samples a value counts as beside those that it was made of: a series with the columns of one of them takes no more memory. */
export function sizeBeside(value: StepValues, others: readonly StepValues[]): number {
  const held = new Set(others.flatMap(columnsOf));
  if (value.kind === "vector") {
    return sizeOf({ kind: "vector", series: value.series.filter(({ values }) => !held.has(values)) });
  }
  return value.kind === "scalar" && held.has(value.values) ? 0 : sizeOf(value);
}

function columnsOf(value: StepValues): readonly Float64Array[] {
  if (value.kind === "vector") return value.series.map(({ values }) => values);
  return value.kind === "scalar" ? [value.values] : [];
}

function presentSteps(kinds: Uint8Array): number {
  let present = 0;
  for (let step = 0; step < kinds.length; step++) if (kinds[step] !== ABSENT) present++;
  return present;
}

/** Makes the columns of a series. */
export type Columns = (steps: number) => Pick<VectorSeries, "kinds" | "values">;

const newColumns: Columns = (steps) => ({ kinds: new Uint8Array(steps), values: new Float64Array(steps) });

/** How many columns are made at once, and how many steps they may have together. */
const together = 64;
const stepsTogether = 1_000_000;

/** Makes columns that lie together in memory, which costs a fraction of having each for itself. */
export function createColumns(): Columns {
  let block = newColumns(0);
  let at = 0;
  return (steps) => {
    if (at + steps > block.kinds.length) {
      block = newColumns(steps * Math.max(1, Math.min(together, Math.floor(stepsTogether / steps))));
      at = 0;
    }
    const kinds = block.kinds.subarray(at, at + steps);
    const values = block.values.subarray(at, at + steps);
    at += steps;
    return { kinds, values };
  };
}

/** A series that is written step by step. */
export interface SeriesWriter {
  setFloat(step: number, value: number): void;
  setHistogram(step: number, histogram: Histogram): void;
  has(step: number): boolean;
  /** How many steps were set. */
  size(): number;
  series(labels: Labels, dropName: boolean): VectorSeries;
}

export function createSeriesWriter(steps: number, columns: Columns = newColumns): SeriesWriter {
  const { kinds, values } = columns(steps);
  let histograms: (Histogram | undefined)[] | null = null;
  let size = 0;
  return {
    setFloat(step, value) {
      kinds[step] = FLOAT;
      values[step] = value;
      size++;
    },
    setHistogram(step, histogram) {
      kinds[step] = HISTOGRAM;
      histograms ??= new Array<Histogram | undefined>(steps).fill(undefined);
      histograms[step] = histogram;
      size++;
    },
    has: (step) => kinds[step] !== ABSENT,
    size: () => size,
    series: (labels, dropName) => ({ labels, dropName, kinds, values, histograms }),
  };
}

/** A series with every float replaced; histograms are left out. */
export function mapFloats(series: VectorSeries, map: (value: number, step: number) => number): SeriesParts {
  const steps = series.kinds.length;
  const kinds =
    series.histograms === null ? series.kinds : series.kinds.map((kind) => (kind === FLOAT ? FLOAT : ABSENT));
  const values = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    if (kinds[step] === FLOAT) values[step] = map(series.values[step] ?? 0, step);
  }
  return { kinds, values, histograms: null };
}

/** For each step 1 where any of the series has anything, else 0. */
export function presence(series: readonly VectorSeries[], steps: number): Uint8Array {
  const present = new Uint8Array(steps);
  for (const { kinds } of series) {
    for (let step = 0; step < steps; step++) if (kinds[step] !== ABSENT) present[step] = 1;
  }
  return present;
}

/** What a series has at its steps, without its labels. */
export type SeriesParts = Pick<VectorSeries, "kinds" | "values" | "histograms">;

export function isEmpty({ kinds }: Pick<VectorSeries, "kinds">): boolean {
  for (let step = 0; step < kinds.length; step++) if (kinds[step] !== ABSENT) return false;
  return true;
}
