import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import {
  AggregationTemporality,
  HistogramDataPoint,
  type Metric,
  NumberDataPoint,
} from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { createRandom, type Random } from "@sightline/testkit/random";

/** How much to generate. The same of everything gives the same bytes. */
export interface Load {
  readonly seed: number;
  /** Requests; each is what one service instance sends at once, of one of 20 services. */
  readonly requests: number;
  /** Spans, log records or data points in each. */
  readonly records: number;
  /** When it is sent, nanoseconds since the Unix epoch. */
  readonly nowUnixNano: bigint;
  /** Of logs: bodies have at least so many bytes. Default: as long as they come, some 100. */
  readonly bodyBytes?: number;
}

const SERVICES = 20;
const METHODS = ["GET", "GET", "GET", "POST", "PUT", "DELETE"] as const;
const STATUS_CODES = [200, 200, 200, 200, 204, 301, 404, 500] as const;
const ROUTES = ["/api/v1/orders/{id}", "/api/v1/carts/{id}/items", "/api/v1/users", "/search", "/healthz"] as const;
const KINDS = [1, 2, 3, 3, 4, 5] as const;
const SEVERITIES = [5, 9, 9, 9, 9, 13, 17] as const;
const SCOPES = ["io.opentelemetry.http", "io.opentelemetry.pg", "@opentelemetry/instrumentation-express"] as const;
const NANOS_PER_SECOND = 1_000_000_000;

const text = (value: string): AnyValue => ({ value: { $case: "stringValue", value } });
const integer = (value: number): AnyValue => ({ value: { $case: "intValue", value: BigInt(value) } });
const keyValue = (key: string, value: AnyValue): KeyValue => ({ key, value, keyStrindex: 0 });

/** Serialized trace requests of an instrumented shop: 5 resource and 10 span attributes of mixed cardinality. */
export function generateTraces(load: Load): Uint8Array[] {
  return generate(load, (random, now) => {
    const traceId = random.bytes(16);
    const spans = Array.from({ length: load.records }, (_, at) => {
      const start = now - BigInt(random.below(NANOS_PER_SECOND));
      return {
        traceId: at % 5 === 0 ? random.bytes(16) : traceId,
        spanId: random.bytes(8),
        parentSpanId: at % 5 === 0 ? Buffer.alloc(0) : random.bytes(8),
        name: `${random.pick(METHODS)} ${random.pick(ROUTES)}`,
        kind: random.pick(KINDS),
        flags: 0x101,
        startTimeUnixNano: start,
        endTimeUnixNano: start + BigInt(random.below(NANOS_PER_SECOND)),
        attributes: httpAttributes(random),
        events: random.oneIn(20)
          ? [{ timeUnixNano: start, name: "exception", attributes: [keyValue("exception.type", text("TimeoutError"))] }]
          : [],
        status: random.oneIn(20) ? { code: 2 as const, message: "upstream timed out" } : {},
      };
    });
    const scopeSpans = [{ scope: { name: random.pick(SCOPES), version: "1.9.0" }, spans }];
    const request = { resourceSpans: [{ resource: resource(random), scopeSpans }] };
    return ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromPartial(request)).finish();
  });
}

/**
 * Serialized log requests: 5 resource and 6 log attributes, half of them within a trace. Each body ends in
 * `(request <16 hexadecimal digits>)`.
 */
export function generateLogs(load: Load): Uint8Array[] {
  return generate(load, (random, now) => {
    const logRecords = Array.from({ length: load.records }, () => {
      const time = now - BigInt(random.below(NANOS_PER_SECOND));
      const inTrace = random.oneIn(2);
      return {
        timeUnixNano: time,
        observedTimeUnixNano: time + 1000n,
        severityNumber: random.pick(SEVERITIES),
        severityText: random.oneIn(2) ? "INFO" : "",
        body: text(logBody(random, load.bodyBytes ?? 0)),
        attributes: logAttributes(random),
        flags: inTrace ? 1 : 0,
        traceId: inTrace ? random.bytes(16) : Buffer.alloc(0),
        spanId: inTrace ? random.bytes(8) : Buffer.alloc(0),
      };
    });
    const scopeLogs = [{ scope: { name: "pino", version: "9.0.0" }, logRecords }];
    const request = { resourceLogs: [{ resource: resource(random), scopeLogs }] };
    return ExportLogsServiceRequest.encode(ExportLogsServiceRequest.fromPartial(request)).finish();
  });
}

/**
 * Serialized metric requests: 5 resource and 4 point attributes, 20 points a metric; of ten metrics six are counters,
 * three gauges and one a histogram of 10 buckets.
 */
export function generateMetrics(load: Load): Uint8Array[] {
  const pointsPerMetric = 20;
  return generate(load, (random, now) => {
    const metrics = Array.from({ length: Math.ceil(load.records / pointsPerMetric) }, (_, at) => {
      const points = Array.from({ length: pointsPerMetric }, (_, point) => pointOf(random, now, point));
      return {
        name: `shop.${METRIC_NAMES[at % METRIC_NAMES.length]}.${at}`,
        unit: "1",
        data: metricData(random, at, points),
      };
    });
    const scopeMetrics = [{ scope: { name: "shop", version: "2.1.0" }, metrics }];
    const request = { resourceMetrics: [{ resource: resource(random), scopeMetrics }] };
    return ExportMetricsServiceRequest.encode(ExportMetricsServiceRequest.fromPartial(request)).finish();
  });
}

const METRIC_NAMES = ["http.server.request.count", "db.client.operations", "queue.depth", "cache.hits"];
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What all kinds of points have. */
function pointOf(random: Random, now: bigint, point: number) {
  return {
    startTimeUnixNano: now - 3_600_000_000_000n,
    timeUnixNano: now,
    attributes: [
      keyValue("http.request.method", text(METHODS[point % METHODS.length] ?? "GET")),
      keyValue("http.route", text(ROUTES[point % ROUTES.length] ?? "/")),
      keyValue("http.response.status_code", integer(STATUS_CODES[point % STATUS_CODES.length] ?? 200)),
      keyValue("instance", text(`10.0.${point}.${random.below(250)}:9100`)),
    ],
  };
}

type Points = readonly ReturnType<typeof pointOf>[];

function metricData(random: Random, at: number, points: Points): Metric["data"] {
  const aggregationTemporality = AggregationTemporality.CUMULATIVE;
  if (at % 10 === 9)
    return { $case: "histogram", value: { dataPoints: histograms(random, points), aggregationTemporality } };
  const dataPoints = points.map((point) =>
    NumberDataPoint.fromPartial({ ...point, value: { $case: "asDouble", value: random.below(1_000_000) / 8 } }),
  );
  if (at % 10 > 5) return { $case: "gauge", value: { dataPoints } };
  return { $case: "sum", value: { dataPoints, aggregationTemporality, isMonotonic: true } };
}

function histograms(random: Random, points: Points): HistogramDataPoint[] {
  const bucketCounts = Array.from({ length: BOUNDS.length + 1 }, (_, bucket) => BigInt(bucket));
  return points.map((point) =>
    HistogramDataPoint.fromPartial({
      ...point,
      count: 45n,
      sum: random.fraction(),
      bucketCounts,
      explicitBounds: BOUNDS,
    }),
  );
}

function generate(load: Load, request: (random: Random, now: bigint) => Uint8Array): Uint8Array[] {
  return Array.from({ length: load.requests }, (_, at) =>
    request(createRandom(load.seed * 65_537 + at), load.nowUnixNano),
  );
}

function resource(random: Random) {
  const service = random.below(SERVICES);
  return {
    attributes: [
      keyValue("service.name", text(`shop-${service}`)),
      keyValue("service.version", text(`1.${service}.0`)),
      keyValue("deployment.environment.name", text("production")),
      keyValue("host.name", text(`node-${random.below(50)}.eu-west-1.internal`)),
      keyValue("k8s.pod.name", text(`shop-${service}-7f9c8d6b5-${random.bytes(3).toString("hex")}`)),
    ],
  };
}

function httpAttributes(random: Random): KeyValue[] {
  return [
    keyValue("http.request.method", text(random.pick(METHODS))),
    keyValue("http.route", text(random.pick(ROUTES))),
    keyValue("http.response.status_code", integer(random.pick(STATUS_CODES))),
    keyValue("url.full", text(`https://shop.example/api/v1/orders/${random.below(100_000)}`)),
    keyValue("server.address", text(`10.0.${random.below(4)}.${random.below(250)}`)),
    keyValue("server.port", integer(8080)),
    keyValue("user.id", text(`user-${random.below(10_000)}`)),
    keyValue("user_agent.original", text("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101")),
    keyValue("network.protocol.version", text("1.1")),
    keyValue("thread.name", text(`worker-${random.below(16)}`)),
  ];
}

function logAttributes(random: Random): KeyValue[] {
  return [
    keyValue("logger.name", text(random.pick(["http", "db", "auth", "billing"]))),
    keyValue("http.route", text(random.pick(ROUTES))),
    keyValue("http.response.status_code", integer(random.pick(STATUS_CODES))),
    keyValue("duration_ms", integer(random.below(2000))),
    keyValue("user.id", text(`user-${random.below(10_000)}`)),
    keyValue("thread.name", text(`worker-${random.below(16)}`)),
  ];
}

function logBody(random: Random, minBytes: number): string {
  const outcome = random.pick([
    "completed",
    "was retried",
    "timed out waiting for upstream",
    "was refused: quota exceeded",
  ]);
  let body = `${random.pick(METHODS)} ${random.pick(ROUTES)} for user-${random.below(10_000)} ${outcome} after ${random.below(2000)} ms`;
  const end = ` (request ${random.bytes(8).toString("hex")})`;
  while (body.length + end.length < minBytes) body += ` ${random.pick(STEPS)} ${random.below(1000)}`;
  return body + end;
}

const STEPS = [
  "rows were read from the replica in the same zone:",
  "entries of the cache were not found and loaded anew:",
  "milliseconds were spent waiting for a free connection:",
  "bytes were written to the peer before it acknowledged:",
] as const;
