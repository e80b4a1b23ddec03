import { newRange, type Range } from "@sightline/otlp/range";
import { type Nanos, newNanos } from "@sightline/otlp/times";
import { clearLabels, type Labels, newLabels } from "./labels.ts";

/** What a TimeSeries says of all that is in it. Set again and again. */
export interface Series {
  readonly labels: Labels;
  /** Whether it has metadata (v2), and what these are: a number of MetricType, and texts. */
  hasMetadata: boolean;
  type: number;
  readonly help: Range;
  readonly unit: Range;
  /** Since when it counts; 0 when that is not known. */
  readonly start: Nanos;
  /** How many there are of each in it. */
  samples: number;
  histograms: number;
  exemplars: number;
  /** Of its last histogram: exemplars go with these. */
  isCustom: boolean;
  isGauge: boolean;
}

export function newSeries(bytes: Uint8Array): Series {
  return {
    labels: newLabels(bytes),
    hasMetadata: false,
    type: 0,
    help: newRange(),
    unit: newRange(),
    start: newNanos(),
    samples: 0,
    histograms: 0,
    exemplars: 0,
    isCustom: false,
    isGauge: false,
  };
}

export function clearSeries(series: Series): void {
  clearLabels(series.labels);
  series.hasMetadata = false;
  series.type = 0;
  series.help.start = 0;
  series.help.end = 0;
  series.unit.start = 0;
  series.unit.end = 0;
  series.start.low = 0;
  series.start.high = 0;
  series.samples = 0;
  series.histograms = 0;
  series.exemplars = 0;
  series.isCustom = false;
  series.isGauge = false;
}
