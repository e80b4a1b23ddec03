import { addBytes, addHash, clearHash, type Hash, newHash } from "@sightline/otlp/fingerprint";
import type { WalkedSpan } from "@sightline/otlp/span-walk";
import type { Wire } from "@sightline/otlp/wire";
import { keyOfHash } from "./hash-key.ts";
import { exemplify, type Latency, newLatency, observe } from "./latency.ts";
import type { Family } from "./metrics-payload.ts";
import { type Counted, encodeLabels } from "./series-labels.ts";
import type { TextCache } from "./text-cache.ts";

export interface SpanMetricsOptions {
  /** Upper bounds of the buckets, seconds. */
  readonly bounds: readonly number[];
  /** Attributes of spans or their resources that are labels too. */
  readonly dimensions: readonly string[];
  /** Whether the status' message is a label. */
  readonly statusMessage: boolean;
  /** What a series counts from now on began then, nanoseconds since the Unix epoch. */
  readonly sinceUnixNano: () => bigint;
  /** Whether the tenant may have so many more series. */
  readonly admit: (series: number) => boolean;
  readonly giveBack: (series: number) => void;
  readonly dropped: (reason: "series") => void;
  readonly texts: TextCache;
}

/** A span as it is counted. */
export interface CountedSpan {
  readonly wire: Wire;
  readonly span: WalkedSpan;
  readonly service: string;
  /** Tells the service from others. */
  readonly serviceHash: Hash;
  readonly seconds: number;
  /** How many it stands for. */
  readonly weight: number;
  /** The value of a dimension, by its number. */
  readonly dimension: (at: number) => string;
  /** Adds what the value of a dimension is to a hash. */
  readonly addDimension: (hash: Hash, at: number) => void;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** How many spans there are of each kind and how long they take, of one tenant. */
export interface SpanMetrics {
  /** May move the wire. */
  see(seen: CountedSpan): void;
  /** Forgets the series of which nothing was heard since then. */
  forget(beforeMs: number): void;
  /** What is there now was published. */
  published(): void;
  families(): Family[];
}

interface SpanSeries extends Counted {
  calls: number;
  bytes: number;
  readonly latency: Latency;
}

/** Calls, sizes and times. */
const SERIES_OF_SPAN = 3;

/** By the number of Span.SpanKind, as Tempo spells them. */
const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
/** By the number of Status.StatusCode. */
const STATUS_CODES = ["UNSET", "OK", "ERROR"];

/**
 * Counts spans by service, name, kind and status, as Tempo's metrics generator does
 * (https://grafana.com/docs/tempo/latest/metrics-from-traces/span-metrics/).
 */
export function createSpanMetrics(options: SpanMetricsOptions): SpanMetrics {
  const { bounds, dimensions, statusMessage, admit, giveBack, texts } = options;
  const all = new Map<number, SpanSeries>();
  const labelNames = dimensions.map(dimensionLabel);
  const hash = newHash();
  const codes = newHash();

  const newSeries = (seen: CountedSpan): SpanSeries | undefined => {
    if (!admit(SERIES_OF_SPAN)) {
      options.dropped("series");
      return undefined;
    }
    const { wire, span, service } = seen;
    return {
      labels: encodeLabels([
        ["service", service],
        ["span_name", texts.text(wire, span.name)],
        ["span_kind", `SPAN_KIND_${KINDS[span.kind] ?? KINDS[0]}`],
        ["status_code", `STATUS_CODE_${STATUS_CODES[span.statusCode] ?? STATUS_CODES[0]}`],
        ["status_message", statusMessage ? texts.text(wire, span.statusMessage) : ""],
        ...labelNames.map((name, at) => [name, seen.dimension(at)] as const),
      ]),
      sinceUnixNano: options.sinceUnixNano(),
      isKnown: false,
      lastSeenMs: seen.nowMs,
      calls: 0,
      bytes: 0,
      latency: newLatency(bounds),
    };
  };

  const keyOf = ({ wire, span, serviceHash, addDimension }: CountedSpan): number => {
    clearHash(hash);
    addBytes(hash, wire.view, span.name.start, span.name.end);
    codes.low = span.kind;
    codes.high = span.statusCode;
    addHash(hash, codes, 1);
    addHash(hash, serviceHash, 2);
    if (statusMessage) addBytes(hash, wire.view, span.statusMessage.start, span.statusMessage.end);
    for (let at = 0; at < dimensions.length; at++) addDimension(hash, at);
    return keyOfHash(hash);
  };

  const values = function* <T>(value: (series: SpanSeries) => T): Generator<[SpanSeries, T]> {
    for (const series of all.values()) yield [series, value(series)];
  };

  return {
    see(seen) {
      const key = keyOf(seen);
      let series = all.get(key);
      if (series === undefined) {
        series = newSeries(seen);
        if (series === undefined) return;
        all.set(key, series);
      }
      series.calls += seen.weight;
      series.bytes += seen.weight * seen.span.bytes;
      series.lastSeenMs = seen.nowMs;
      observe(series.latency, bounds, seen.seconds, seen.weight);
      exemplify(series.latency, seen.span, seen.wire, seen.seconds);
    },
    forget(beforeMs) {
      for (const [key, series] of all) {
        if (series.lastSeenMs >= beforeMs) continue;
        all.delete(key);
        giveBack(SERIES_OF_SPAN);
      }
    },
    published() {
      for (const series of all.values()) {
        series.isKnown = true;
        series.latency.exemplar = undefined;
      }
    },
    families: () => [
      {
        kind: "counter",
        name: "traces_spanmetrics_calls_total",
        description: "Spans",
        unit: "",
        series: values((series) => series.calls),
      },
      {
        kind: "counter",
        name: "traces_spanmetrics_size_total",
        description: "Sizes of spans together",
        unit: "By",
        series: values((series) => series.bytes),
      },
      {
        kind: "latency",
        name: "traces_spanmetrics_latency",
        description: "Durations of spans",
        bounds,
        series: values((series) => series.latency),
      },
    ],
  };
}

const OWN_LABELS: ReadonlySet<string> = new Set(["service", "span_name", "span_kind", "status_code", "status_message"]);

/** The label that an attribute becomes: one that would be taken for another begins with underscores. */
function dimensionLabel(attribute: string): string {
  const label = attribute.replaceAll(/[^a-zA-Z0-9_]/g, "_");
  return OWN_LABELS.has(label) ? `__${label}` : label;
}
