import { addBytes, clearHash, type Hash, newHash } from "@sightline/otlp/fingerprint";
import type { Range } from "@sightline/otlp/range";
import { createSpanWalk, type SpanVisitor, type WalkedResource, type WalkedSpan } from "@sightline/otlp/span-walk";
import { millisecondsOf, type Nanos } from "@sightline/otlp/times";
import { openWire, type Wire } from "@sightline/otlp/wire";
import type { Config } from "../config.ts";
import type { Family } from "./metrics-payload.ts";
import { NODE_NAME_KEYS } from "./node-names.ts";
import { createServiceGraph, type ServiceGraph } from "./service-graph.ts";
import { createSpanMetrics, type SpanMetrics } from "./span-metrics.ts";
import { createTextCache } from "./text-cache.ts";
import { createTraceSample } from "./trace-sample.ts";

/** Why a span, or what would have been counted of it, is not. */
export type DropReason = "series" | "waiting" | "late";

export interface SpanCounterOptions
  extends Pick<Config["spans"], "graph" | "metrics" | "maxSpansPerSecond" | "maxSpanAgeMs" | "forgetAfterMs"> {
  /** How many series a tenant may have; 0: its spans are not counted. */
  readonly maxSeries: (tenant: string) => number;
  readonly dropped: (reason: DropReason) => void;
}

/** A tenant's message of spans. */
export interface SpansMessage {
  readonly tenant: string;
  readonly payload: Uint8Array;
  readonly receivedUnixNano: bigint;
}

/** Counts the spans of all tenants. What is counted only grows until it is forgotten. */
export interface SpanCounter {
  /** Throws AppError `invalid_argument` when the bytes are no request; what came before them is counted. */
  count(message: SpansMessage, nowMs: number): void;
  /** Ends the waiting of spans whose other end did not come in time. */
  expire(nowMs: number): void;
  /** What every tenant has. */
  families(): Iterable<readonly [tenant: string, families: readonly Family[]]>;
  /** What `families` answered for the tenant at that time has arrived. Series from now on began then. */
  published(tenant: string, nowMs: number): void;
  /** Forgets series that have been silent for too long, and tenants that have none or may have none. */
  forget(nowMs: number): void;
  size(): CounterSize;
}

export interface CounterSize {
  readonly series: number;
  /** Spans whose other end has not come yet. */
  readonly waiting: number;
  /** How many spans each one that is counted stands for. */
  readonly weight: number;
}

/** What is counted of one tenant. */
interface TenantSpans {
  readonly graph: ServiceGraph;
  readonly metrics: SpanMetrics;
  series: number;
  /** When its series were published last, milliseconds. */
  publishedMs: number;
}

/** Texts that are kept: names of services, spans and nodes. */
const MAX_TEXTS = 50_000;
/** Of Span.SpanKind the first that may be an end of an edge. */
const FIRST_EDGE_KIND = 2;
const NANOS_PER_SECOND = 1e9;
const TWO_32 = 4_294_967_296;

/** @param startMs since when spans are counted */
export function createSpanCounter(options: SpanCounterOptions, startMs: number): SpanCounter {
  const { graph, metrics, maxSpansPerSecond, maxSpanAgeMs, forgetAfterMs } = options;
  const sample = createTraceSample({ maxSpansPerSecond, startMs });
  const keys = [...new Set([...NODE_NAME_KEYS, ...graph.peerAttributes, ...metrics.dimensions])];
  const walk = createSpanWalk({
    keys,
    wantsAttributes: (kind) => kind >= FIRST_EDGE_KIND || metrics.dimensions.length > 0,
  });
  const seen = createSeen(keys, metrics.dimensions);
  const tenants = new Map<string, TenantSpans>();

  const newTenant = (tenant: string, nowMs: number): TenantSpans => {
    const limits = {
      sinceUnixNano: () => BigInt(own.publishedMs) * 1_000_000n,
      admit: (series: number) => {
        if (own.series + series > options.maxSeries(tenant)) return false;
        own.series += series;
        return true;
      },
      giveBack: (series: number) => {
        own.series -= series;
      },
      dropped: options.dropped,
    };
    const own: TenantSpans = {
      graph: createServiceGraph({
        ...{ ...graph, ...limits, bounds: graph.bucketsSeconds },
        sampleChangedMs: sample.changedMs,
      }),
      metrics: createSpanMetrics({ ...metrics, ...limits, texts: seen.texts, bounds: metrics.bucketsSeconds }),
      series: 0,
      publishedMs: nowMs,
    };
    return own;
  };

  const visitorFor = (own: TenantSpans, receivedMs: number): SpanVisitor => ({
    resource: seen.setResource,
    wants: sample.takes,
    span(wire, span) {
      if (receivedMs - millisecondsOf(span.end) > maxSpanAgeMs) return options.dropped("late");
      seen.setSpan(wire, span);
      if (graph.enabled && span.kind >= FIRST_EDGE_KIND && seen.service !== "") own.graph.see(seen);
      if (metrics.enabled) own.metrics.see(seen);
    },
  });

  return {
    count({ tenant, payload, receivedUnixNano }, nowMs) {
      if (options.maxSeries(tenant) === 0) return;
      const own = tenants.get(tenant) ?? newTenant(tenant, tenants.size === 0 ? startMs : nowMs);
      tenants.set(tenant, own);
      sample.adjust(nowMs);
      seen.nowMs = nowMs;
      seen.weight = sample.weight();
      walk(payload, visitorFor(own, Number(receivedUnixNano / 1_000_000n)));
    },
    expire(nowMs) {
      for (const own of tenants.values()) own.graph.expire(nowMs);
    },
    *families() {
      for (const [tenant, own] of tenants) yield [tenant, [...own.graph.families(), ...own.metrics.families()]];
    },
    published(tenant, nowMs) {
      const own = tenants.get(tenant);
      if (own === undefined) return;
      own.graph.edges.published();
      own.metrics.published();
      own.publishedMs = nowMs;
    },
    forget(nowMs) {
      for (const [tenant, own] of tenants) {
        own.graph.edges.forget(nowMs - forgetAfterMs);
        own.metrics.forget(nowMs - forgetAfterMs);
        const isIdle = own.series === 0 && own.graph.waiting() === 0;
        if (isIdle || options.maxSeries(tenant) === 0) tenants.delete(tenant);
      }
    },
    size() {
      const all = [...tenants.values()];
      const sum = (of: (own: TenantSpans) => number) => all.reduce((total, own) => total + of(own), 0);
      return { series: sum((own) => own.series), waiting: sum((own) => own.graph.waiting()), weight: sample.weight() };
    },
  };
}

/** The span at hand, as those who count look at it: one object for all, so that looking allocates nothing. */
function createSeen(keys: readonly string[], dimensions: readonly string[]) {
  const places = new Map(keys.map((key, at) => [key, at]));
  const dimensionPlaces = dimensions.map((key) => places.get(key) ?? -1);
  const texts = createTextCache(MAX_TEXTS);
  const nowhere: Range = { start: 0, end: 0 };
  const serviceHash = newHash();
  let resource: WalkedResource = { attributes: [] };
  /** The span's own attribute before that of its resource. */
  const rangeOf = (place: number): Range => {
    const own = seen.span.attributes[place] ?? nowhere;
    return own.start === own.end ? (resource.attributes[place] ?? nowhere) : own;
  };
  const readPlace = (place: number): string => texts.value(seen.wire, rangeOf(place));
  const seen = {
    texts,
    wire: openWire(new Uint8Array()),
    span: emptySpan(),
    service: "",
    serviceHash,
    seconds: 0,
    weight: 1,
    nowMs: 0,
    read: (key: string) => readPlace(places.get(key) ?? -1),
    dimension: (at: number) => readPlace(dimensionPlaces[at] ?? -1),
    addDimension(hash: Hash, at: number) {
      // The text rather than the bytes: 200 and "200" are one label.
      const text = Buffer.from(`${at}=${seen.dimension(at)}`);
      addBytes(hash, new DataView(text.buffer, text.byteOffset, text.length), 0, text.length);
    },
    setResource(wire: Wire, next: WalkedResource) {
      resource = next;
      const name = next.attributes[keys.length] ?? nowhere;
      seen.service = texts.value(wire, name);
      clearHash(serviceHash);
      addBytes(serviceHash, wire.view, name.start, name.end);
    },
    setSpan(wire: Wire, span: WalkedSpan) {
      seen.wire = wire;
      seen.span = span;
      seen.seconds = secondsBetween(span.start, span.end);
    },
  };
  return seen;
}

function emptySpan(): WalkedSpan {
  const nowhere: Range = { start: 0, end: 0 };
  const never: Nanos = { low: 0, high: 0 };
  return {
    traceId: nowhere,
    spanId: nowhere,
    parentSpanId: nowhere,
    name: nowhere,
    statusMessage: nowhere,
    start: never,
    end: never,
    kind: 0,
    statusCode: 0,
    bytes: 0,
    attributes: [],
  };
}

/** A span without a start, or that ends before it, takes no time. */
function secondsBetween(start: Nanos, end: Nanos): number {
  if ((start.low | start.high) === 0) return 0;
  const nanos = (end.high - start.high) * TWO_32 + ((end.low >>> 0) - (start.low >>> 0));
  return Math.max(0, nanos / NANOS_PER_SECOND);
}
