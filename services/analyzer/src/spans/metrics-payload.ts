import {
  begin,
  end,
  openWriter,
  type WireWriter,
  writeBytesField,
  writeDoubleField,
  writeFixed64Field,
  writeStringField,
  writeVarintField,
  writtenBytes,
} from "@sightline/otlp/wire-writer";
import type { Latency } from "./latency.ts";
import type { Counted } from "./series-labels.ts";

/** Series of one metric, all of one kind. */
export type Family = { readonly name: string; readonly description: string } & (
  | { readonly kind: "counter"; readonly unit: string; readonly series: Iterable<readonly [Counted, number]> }
  | {
      readonly kind: "latency";
      /** Upper bounds of the buckets, seconds. */
      readonly bounds: readonly number[];
      readonly series: Iterable<readonly [Counted, Latency]>;
    }
);

/** A serialized ExportMetricsServiceRequest. */
export interface MetricsPayload {
  readonly payload: Uint8Array;
  /** How many data points it has. */
  readonly points: number;
}

export interface PayloadOptions {
  /** Of the newest points, nanoseconds since the Unix epoch. */
  readonly unixNano: bigint;
  /** A payload is ended at the first point that makes it longer. */
  readonly maxBytes: number;
}

/** The instrumentation scope of the series. */
const SCOPE = "sightline.spans";
/** Of AggregationTemporality. */
const CUMULATIVE = 2;
/** Of Metric: the data of a counter and of a distribution. */
const SUM = 7;
const HISTOGRAM = 9;

/**
 * Writes series as cumulative OTLP. A series that is new begins with a zero at the time from which on it was counted, so
 * that its first growth is seen.
 */
export function* metricsPayloads(families: Iterable<Family>, options: PayloadOptions): Generator<MetricsPayload> {
  let open = openPayload();
  for (const family of families) {
    let metric = beginMetric(open.writer, family);
    for (const write of pointWriters(family, options.unixNano)) {
      open.points += write(open.writer);
      if (open.writer.length < options.maxBytes) continue;
      endMetric(open.writer, family, metric);
      yield closePayload(open);
      open = openPayload();
      metric = beginMetric(open.writer, family);
    }
    endMetric(open.writer, family, metric);
  }
  if (open.points > 0) yield closePayload(open);
}

interface OpenPayload {
  readonly writer: WireWriter;
  /** What `end` wants, from the outside in. */
  readonly lengths: readonly number[];
  points: number;
}

function openPayload(): OpenPayload {
  const writer = openWriter();
  const resource = begin(writer, 1);
  const scope = begin(writer, 2);
  const name = begin(writer, 1);
  writeStringField(writer, 1, SCOPE);
  end(writer, name);
  return { writer, lengths: [resource, scope], points: 0 };
}

function closePayload({ writer, lengths, points }: OpenPayload): MetricsPayload {
  for (const length of lengths.toReversed()) end(writer, length);
  return { payload: writtenBytes(writer), points };
}

function beginMetric(writer: WireWriter, family: Family): readonly number[] {
  const metric = begin(writer, 2);
  writeStringField(writer, 1, family.name);
  writeStringField(writer, 2, family.description);
  writeStringField(writer, 3, family.kind === "latency" ? "s" : family.unit);
  return [metric, begin(writer, family.kind === "latency" ? HISTOGRAM : SUM)];
}

function endMetric(writer: WireWriter, { kind }: Family, lengths: readonly number[]): void {
  writeVarintField(writer, 2, CUMULATIVE);
  if (kind === "counter") writeVarintField(writer, 3, 1);
  for (const length of lengths.toReversed()) end(writer, length);
}

/** Of each series one that writes its points and tells how many. */
function* pointWriters(family: Family, unixNano: bigint): Generator<(writer: WireWriter) => number> {
  if (family.kind === "counter") {
    for (const [counted, value] of family.series) {
      yield (writer) => {
        if (!counted.isKnown) writeNumber(writer, { counted, unixNano: counted.sinceUnixNano, value: 0 });
        writeNumber(writer, { counted, unixNano, value });
        return counted.isKnown ? 1 : 2;
      };
    }
  } else {
    const { bounds } = family;
    const nothing = { counts: new Float64Array(bounds.length + 1), count: 0, sum: 0, exemplar: undefined };
    for (const [counted, latency] of family.series) {
      yield (writer) => {
        if (!counted.isKnown) {
          writeHistogram(writer, { counted, unixNano: counted.sinceUnixNano, latency: nothing, bounds });
        }
        writeHistogram(writer, { counted, unixNano, latency, bounds });
        return counted.isKnown ? 1 : 2;
      };
    }
  }
}

interface Point {
  readonly counted: Counted;
  readonly unixNano: bigint;
}

function writeNumber(writer: WireWriter, { counted, unixNano, value }: Point & { readonly value: number }): void {
  const point = begin(writer, 1);
  writeFixed64Field(writer, 2, counted.sinceUnixNano);
  writeFixed64Field(writer, 3, unixNano);
  writeDoubleField(writer, 4, value);
  for (const label of counted.labels) writeBytesField(writer, 7, label);
  end(writer, point);
}

interface HistogramPoint extends Point {
  readonly latency: Latency;
  readonly bounds: readonly number[];
}

function writeHistogram(writer: WireWriter, { counted, unixNano, latency, bounds }: HistogramPoint): void {
  const point = begin(writer, 1);
  writeFixed64Field(writer, 2, counted.sinceUnixNano);
  writeFixed64Field(writer, 3, unixNano);
  writeFixed64Field(writer, 4, BigInt(latency.count));
  writeDoubleField(writer, 5, latency.sum);
  writeBytesField(writer, 6, packedCounts(latency.counts));
  writeBytesField(writer, 7, Buffer.from(Float64Array.from(bounds).buffer));
  writeExemplar(writer, latency);
  for (const label of counted.labels) writeBytesField(writer, 9, label);
  end(writer, point);
}

/** As fixed64 in little endian, which is also that of every processor that Node runs on. */
function packedCounts(counts: Float64Array): Uint8Array {
  return Buffer.from(BigUint64Array.from(counts, BigInt).buffer);
}

function writeExemplar(writer: WireWriter, { exemplar }: Latency): void {
  if (exemplar === undefined) return;
  const at = begin(writer, 8);
  writeFixed64Field(writer, 2, exemplar.unixNano);
  writeDoubleField(writer, 3, exemplar.seconds);
  writeBytesField(writer, 4, exemplar.ids.subarray(16));
  writeBytesField(writer, 5, exemplar.ids.subarray(0, 16));
  end(writer, at);
}
