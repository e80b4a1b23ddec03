import type { WalkedSpan } from "@sightline/otlp/span-walk";
import type { Wire } from "@sightline/otlp/wire";

/** A span that is an example of what a distribution holds. */
export interface SpanExemplar {
  /** The trace's 16 bytes, then the span's 8. */
  readonly ids: Buffer;
  seconds: number;
  unixNano: bigint;
}

/** How long something takes: a classic histogram that only grows. */
export interface Latency {
  /** Of each bucket alone; the last one has no upper bound. */
  readonly counts: Float64Array;
  count: number;
  /** Seconds. */
  sum: number;
  /** One since the latest publication, if any. */
  exemplar: SpanExemplar | undefined;
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** @param bounds upper bounds of the buckets, seconds, rising */
export function newLatency(bounds: readonly number[]): Latency {
  return { counts: new Float64Array(bounds.length + 1), count: 0, sum: 0, exemplar: undefined };
}

/** @param times how often it is seen */
export function observe(latency: Latency, bounds: readonly number[], seconds: number, times: number): void {
  const { counts } = latency;
  let bucket = 0;
  while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1;
  counts[bucket] = (counts[bucket] ?? 0) + times;
  latency.count += times;
  latency.sum += times * seconds;
}

/** Keeps the span as the example of its time, if there is none yet: one for each publication is enough. */
export function exemplify(latency: Latency, { traceId, spanId, end }: WalkedSpan, wire: Wire, seconds: number): void {
  if (latency.exemplar !== undefined) return;
  if (traceId.end - traceId.start !== TRACE_ID_BYTES || spanId.end - spanId.start !== SPAN_ID_BYTES) return;
  const ids = Buffer.allocUnsafeSlow(TRACE_ID_BYTES + SPAN_ID_BYTES);
  ids.set(wire.bytes.subarray(traceId.start, traceId.end), 0);
  ids.set(wire.bytes.subarray(spanId.start, spanId.end), TRACE_ID_BYTES);
  latency.exemplar = { ids, seconds, unixNano: (BigInt(end.high) << 32n) | BigInt(end.low >>> 0) };
}
