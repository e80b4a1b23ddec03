import { Label, Histogram as WireHistogram } from "@sightline/proto/prometheus/prompb/types";
import type { Buckets, Histogram } from "@sightline/query/promql/histogram/histogram";
import type { SampledSeries } from "@sightline/query/promql/samples";
import { wordsOf } from "./words.ts";

/** The keys of protobuf's fields: the number and how what follows is written. */
const KEY = {
  timeseries: (1 << 3) | 2,
  label: (1 << 3) | 2,
  sample: (2 << 3) | 2,
  histogram: (4 << 3) | 2,
  value: (1 << 3) | 1,
  timestamp: (2 << 3) | 0,
} as const;

/** The longest a sample gets: its key and length, the value, and a time of ten bytes. */
const MAX_SAMPLE_BYTES = 2 + 9 + 11;

/**
 * A series as `timeseries` of a `prometheus.QueryResult` (prompb/remote.proto), with its key and length. Samples are written by hand: an
 * object for each would cost several times as much. The bits of values stay as they are, so that marks of the end do.
 */
export function encodeSeries(series: SampledSeries): Buffer {
  const parts = [
    ...series.labels.map((label) => delimited(KEY.label, Label.encode(label).finish())),
    encodeSamples(series),
    ...encodeHistograms(series),
  ];
  return delimited(KEY.timeseries, Buffer.concat(parts));
}

function delimited(key: number, bytes: Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(11);
  head[0] = key;
  return Buffer.concat([head.subarray(0, writeVarint(head, 1, bytes.length)), bytes]);
}

/** Answers where the next byte goes. */
function writeVarint(out: Buffer, start: number, value: number): number {
  let at = start;
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) out[at++] = (left % 0x80) | 0x80;
  out[at++] = left;
  return at;
}

function encodeSamples({ times, values, histograms }: SampledSeries): Buffer {
  const out = Buffer.allocUnsafe(times.length * MAX_SAMPLE_BYTES);
  const words = wordsOf(values);
  let at = 0;
  for (let i = 0; i < times.length; i++) {
    if ((histograms?.[i] ?? null) !== null) continue;
    const start = at + 2;
    out[start] = KEY.value;
    out.writeUInt32LE(words[2 * i] ?? 0, start + 1);
    out.writeUInt32LE(words[2 * i + 1] ?? 0, start + 5);
    out[start + 9] = KEY.timestamp;
    const end = writeTime(out, start + 10, times[i] ?? 0);
    out[at] = KEY.sample;
    out[at + 1] = end - start;
    at = end;
  }
  return out.subarray(0, at);
}

/** Times before 1970 are written as all negative numbers are: in two's complement of 64 bits. */
function writeTime(out: Buffer, at: number, ms: number): number {
  if (ms >= 0) return writeVarint(out, at, ms);
  let left = BigInt.asUintN(64, BigInt(ms));
  let end = at;
  for (; left >= 0x80n; left >>= 7n) out[end++] = Number(left & 0x7fn) | 0x80;
  out[end++] = Number(left);
  return end;
}

const HINTS = { unknown: 0, reset: 1, not_reset: 2, gauge: 3 } as const;

function encodeHistograms({ times, histograms }: SampledSeries): Buffer[] {
  const encoded: Buffer[] = [];
  for (const [i, histogram] of (histograms ?? []).entries()) {
    if (histogram === null) continue;
    encoded.push(delimited(KEY.histogram, WireHistogram.encode(wireHistogram(histogram, times[i] ?? 0)).finish()));
  }
  return encoded;
}

/** With counts that are doubles, as ours are. */
function wireHistogram(histogram: Histogram, ms: number): WireHistogram {
  const { count, sum, schema, zeroThreshold, zeroCount, positive, negative, bounds, hint } = histogram;
  return {
    count: { $case: "countFloat", value: count },
    sum,
    schema,
    zeroThreshold,
    zeroCount: { $case: "zeroCountFloat", value: zeroCount },
    negativeSpans: spansOf(negative),
    negativeDeltas: [],
    negativeCounts: [...negative.counts],
    positiveSpans: spansOf(positive),
    positiveDeltas: [],
    positiveCounts: [...positive.counts],
    resetHint: HINTS[hint],
    timestamp: BigInt(ms),
    customValues: bounds === null ? [] : [...bounds],
  };
}

/** Runs of buckets that follow each other, each by its distance from the one before. */
function spansOf({ indexes }: Buckets): { offset: number; length: number }[] {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return spans;
}
