import { newRange, takeField } from "@sightline/otlp/range";
import { LENGTH, next, openWire, readUint32, tagOf, VARINT, type Wire } from "@sightline/otlp/wire";
import type { Steps } from "../steps.ts";
import { EXEMPLAR_TIMESTAMP, EXEMPLAR_VALUE, type Exemplar, writeExemplar } from "./exemplar-points.ts";
import { writeHistogram } from "./histogram-points.ts";
import { clearLabels, newLabels, problemOf, seriesText, valueEnd, valueStart } from "./labels.ts";
import { closeMetricsOut, type MetricsOut, newMetricsOut, writeMetadata } from "./metrics-out.ts";
import { isCustom, isGauge, newNativeHistogram, readNativeHistogram } from "./native-histogram.ts";
import { writeSample } from "./number-points.ts";
import { clearSeries, newSeries, type Series } from "./series.ts";
import { readSymbols, type SeriesFields, V1_FIELDS, v2Fields } from "./series-reader.ts";

/** prometheus.WriteRequest or io.prometheus.write.v2.Request. */
export type WriteVersion = "v1" | "v2";

/** What remote write counts, each for itself. */
export interface Counts {
  samples: number;
  histograms: number;
  exemplars: number;
}

/** A write request as export requests of OTLP: one for each of what is counted, and one of metadata. */
export interface Translation {
  readonly samples: Buffer;
  readonly histograms: Buffer;
  readonly exemplars: Buffer;
  readonly metadata: Buffer;
  /** What is in them, and what could not be taken. */
  readonly taken: Counts;
  readonly refused: Counts;
  /** The first series that was refused and why; "" when none was. */
  readonly firstRefusal: string;
}

export interface TranslateOptions {
  readonly version: WriteVersion;
  /** The longest translation of one kind: v2 may say much by few references. */
  readonly maxBytes: number;
}

interface Walk {
  readonly wire: Wire;
  readonly fields: SeriesFields;
  readonly isV2: boolean;
  readonly series: Series;
  readonly histogram: ReturnType<typeof newNativeHistogram>;
  readonly exemplar: Exemplar;
  readonly out: Readonly<Record<keyof Counts | "metadata", MetricsOut>>;
  readonly taken: Counts;
  readonly refused: Counts;
  firstRefusal: string;
}

/** Of WriteRequest and of Request. */
const V1_TIMESERIES = tagOf(1, LENGTH);
const V1_METADATA = tagOf(3, LENGTH);
const V2_TIMESERIES = tagOf(5, LENGTH);

/** So many series are translated without a break: as many as Prometheus sends at once, some milliseconds of work. */
const SERIES_OF_STEP = 2000;

/**
 * Translates a write request without decoding it, step by step, so that others may have their turn between two of them.
 * Series that are not in order are left out while their neighbours are taken. Throws `invalid_argument` when the request
 * is malformed, `too_large` when its translation is.
 */
export function* translateWrite(body: Uint8Array, { version, maxBytes }: TranslateOptions): Steps<Translation> {
  const walk = newWalk(body, version, maxBytes);
  const { wire, out, taken, refused } = walk;
  const timeseries = version === "v1" ? V1_TIMESERIES : V2_TIMESERIES;
  let series = 0;
  for (let tag = next(wire, body.length); tag !== 0; tag = next(wire, body.length)) {
    const after = wire.pos;
    if (tag === timeseries) {
      takeSeries(walk, wire.start, after);
      if (++series % SERIES_OF_STEP === 0) yield undefined;
    } else if (tag === V1_METADATA && version === "v1") {
      takeMetadata(walk, wire.start, after);
    }
    wire.pos = after;
  }
  return {
    samples: closeMetricsOut(out.samples),
    histograms: closeMetricsOut(out.histograms),
    exemplars: closeMetricsOut(out.exemplars),
    metadata: closeMetricsOut(out.metadata),
    taken,
    refused,
    firstRefusal: walk.firstRefusal,
  };
}

function newWalk(body: Uint8Array, version: WriteVersion, maxBytes: number): Walk {
  const wire = openWire(body);
  const { bytes } = wire;
  const newOut = () => newMetricsOut(bytes, maxBytes);
  return {
    wire,
    fields: version === "v1" ? V1_FIELDS : v2Fields(readSymbols(wire, body.length)),
    isV2: version === "v2",
    series: newSeries(bytes),
    histogram: newNativeHistogram(),
    exemplar: { labels: newLabels(bytes), valueAt: -1, timestampAt: -1 },
    out: { samples: newOut(), histograms: newOut(), exemplars: newOut(), metadata: newOut() },
    taken: { samples: 0, histograms: 0, exemplars: 0 },
    refused: { samples: 0, histograms: 0, exemplars: 0 },
    firstRefusal: "",
  };
}

/** Takes the TimeSeries from `start` to `end`. */
function takeSeries(walk: Walk, start: number, end: number): void {
  const { series, wire, out } = walk;
  clearSeries(series);
  wire.pos = start;
  const problem = readHead(walk, end) ?? problemOf(series.labels) ?? mixtureProblem(walk);
  if (problem !== undefined) {
    refuse(walk, problem, series);
    return;
  }
  const { samples, histograms, exemplars, labels } = series;
  if (samples + histograms > 0) takeSamples(walk, start, end);
  // Only now is it known what kind of histograms they are of.
  if (exemplars > 0) takeExemplars(walk, start, end);
  if (series.hasMetadata && samples + histograms + exemplars === 0) {
    const name = { start: valueStart(labels, labels.name), end: valueEnd(labels, labels.name) };
    writeMetadata(out.metadata, { ...series, name });
  }
}

/** Reads what is said of a series as a whole and counts what is in it, from the wire's position on. */
function readHead({ wire, fields, series }: Walk, end: number): string | undefined {
  let problem: string | undefined;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === fields.samples) series.samples++;
    else if (tag === fields.histograms) series.histograms++;
    else if (tag === fields.exemplars) series.exemplars++;
    else {
      const after = wire.pos;
      problem = fields.readOther(series, wire, tag) ?? problem;
      wire.pos = after;
    }
  }
  return problem;
}

/** 2.0 forbids what 1.0 did not think of. */
function mixtureProblem({ isV2, series: { samples, histograms } }: Walk): string | undefined {
  return isV2 && samples > 0 && histograms > 0
    ? "got samples and histograms in one series, want one of both"
    : undefined;
}

const ONE_SAMPLE: Counts = { samples: 1, histograms: 0, exemplars: 0 };
const ONE_HISTOGRAM: Counts = { samples: 0, histograms: 1, exemplars: 0 };
const ONE_EXEMPLAR: Counts = { samples: 0, histograms: 0, exemplars: 1 };

function takeSamples(walk: Walk, start: number, end: number): void {
  const { wire, fields, series, histogram, out, taken } = walk;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== fields.samples && tag !== fields.histograms) continue;
    const after = wire.pos;
    wire.pos = wire.start;
    if (tag === fields.samples) {
      const problem = writeSample(out.samples, series, wire, after);
      if (problem === undefined) taken.samples++;
      else refuse(walk, problem, ONE_SAMPLE);
    } else {
      const problem = readNativeHistogram(histogram, wire, after, series.start);
      if (problem === undefined) {
        series.isCustom = isCustom(histogram);
        series.isGauge = isGauge(histogram);
        writeHistogram(out.histograms, series, histogram, wire);
        taken.histograms++;
      } else {
        refuse(walk, problem, ONE_HISTOGRAM);
      }
    }
    wire.pos = after;
  }
}

function takeExemplars(walk: Walk, start: number, end: number): void {
  const { wire, fields, series, exemplar, out, taken } = walk;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== fields.exemplars) continue;
    const after = wire.pos;
    wire.pos = wire.start;
    const problem = readExemplar(walk, after) ?? writeExemplar(out.exemplars, series, exemplar, wire);
    if (problem === undefined) taken.exemplars++;
    else refuse(walk, problem, ONE_EXEMPLAR);
    wire.pos = after;
  }
}

function readExemplar({ wire, fields, exemplar }: Walk, end: number): string | undefined {
  const { labels } = exemplar;
  clearLabels(labels);
  exemplar.valueAt = -1;
  exemplar.timestampAt = -1;
  let problem: string | undefined;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === EXEMPLAR_VALUE) exemplar.valueAt = wire.start;
    else if (tag === EXEMPLAR_TIMESTAMP) exemplar.timestampAt = wire.start;
    else {
      const after = wire.pos;
      problem = fields.readExemplarLabels(labels, wire, tag) ?? problem;
      wire.pos = after;
    }
  }
  if (labels.pendingRef !== -1) return "got an exemplar with an odd number of label references, want pairs";
  return problem;
}

/** Notes that so much of the series at hand cannot be taken. */
function refuse(walk: Walk, problem: string, { samples, histograms, exemplars }: Counts): void {
  const { refused, series } = walk;
  refused.samples += samples;
  refused.histograms += histograms;
  refused.exemplars += exemplars;
  if (walk.firstRefusal === "") walk.firstRefusal = `${seriesText(series.labels)}: ${problem}`;
}

/** Of MetricMetadata: tags. */
const METADATA_TYPE = tagOf(1, VARINT);
const METADATA_NAME = tagOf(2, LENGTH);
const METADATA_HELP = tagOf(4, LENGTH);
const METADATA_UNIT = tagOf(5, LENGTH);

/** Takes the MetricMetadata from `start` to `end`. One without a name says nothing. */
function takeMetadata({ wire, out }: Walk, start: number, end: number): void {
  const metadata = { name: newRange(), help: newRange(), unit: newRange(), type: 0 };
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === METADATA_TYPE) metadata.type = readUint32(wire);
    else if (tag === METADATA_NAME) takeField(metadata.name, wire);
    else if (tag === METADATA_HELP) takeField(metadata.help, wire);
    else if (tag === METADATA_UNIT) takeField(metadata.unit, wire);
  }
  if (metadata.name.end > metadata.name.start) writeMetadata(out.metadata, metadata);
}
