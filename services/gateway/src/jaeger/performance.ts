import { invalid } from "@sightline/errors/app-error";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { nanosOfMs } from "@sightline/model/time";
import { QueryPromqlRequest } from "@sightline/proto/sightline/query/v1/promql_service";
import { formatMatcher } from "@sightline/query/promql/format";
import { goFlag } from "../http/go-flag.ts";
import type { Parameters } from "../http/request-parameters.ts";
import type { StorageCall } from "../http/storage-call.ts";
import type { JaegerContext } from "./context.ts";
import { malformed, timeOf } from "./parameters.ts";

/** What of the work of services is told over time. */
export type PerformanceKind = "latencies" | "calls" | "errors";

/** How services do, as asked for. Times in milliseconds. */
export interface PerformanceQuestion {
  readonly kind: PerformanceKind;
  readonly services: readonly string[];
  readonly spanKinds: readonly string[];
  readonly byOperation: boolean;
  /** Of latencies. */
  readonly quantile: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly ratePerMs: number;
}

const MILLISECOND = 1_000_000n;
const DEFAULT_LOOKBACK_MS = 3_600_000;
const DEFAULT_STEP_MS = 5000;
const DEFAULT_RATE_PER_MS = 600_000;

/** Throws invalid_argument in the words of Jaeger. */
export function performanceQuestion(kind: PerformanceKind, parameters: Parameters, nowMs: number): PerformanceQuestion {
  const services = parameters.all("service").filter((name) => name !== "");
  if (services.length === 0) throw invalid("parameter 'service' is required");
  const endMs = millisecondsOf(parameters, "endTs", nowMs);
  return {
    kind,
    services,
    spanKinds: spanKindsOf(parameters),
    byOperation: flagOf(parameters, "groupByOperation"),
    quantile: kind === "latencies" ? quantileOf(parameters) : 0,
    startMs: endMs - millisecondsOf(parameters, "lookback", DEFAULT_LOOKBACK_MS),
    endMs,
    stepMs: positive("step", millisecondsOf(parameters, "step", DEFAULT_STEP_MS)),
    ratePerMs: positive("ratePer", millisecondsOf(parameters, "ratePer", DEFAULT_RATE_PER_MS)),
  };
}

function millisecondsOf(parameters: Parameters, name: string, unset: number): number {
  const time = timeOf(parameters, name, MILLISECOND);
  return time === undefined ? unset : Number(time / MILLISECOND);
}

function positive(name: string, ms: number): number {
  if (ms > 0) return ms;
  throw malformed(name, String(ms), "more than 0 milliseconds");
}

function quantileOf(parameters: Parameters): number {
  const text = parameters.get("quantile");
  if (text === "") throw invalid("parameter 'quantile' is required");
  const quantile = Number(text);
  if (quantile > 0 && quantile <= 1) return quantile;
  throw malformed("quantile", text, "a number between 0 and 1");
}

function flagOf(parameters: Parameters, name: string): boolean {
  const text = parameters.get(name);
  const flag = text === "" ? false : goFlag(text);
  if (flag === undefined) throw malformed(name, text, "true or false");
  return flag;
}

const SPAN_KINDS: Readonly<Record<string, string>> = {
  unspecified: "SPAN_KIND_UNSPECIFIED",
  internal: "SPAN_KIND_INTERNAL",
  server: "SPAN_KIND_SERVER",
  client: "SPAN_KIND_CLIENT",
  producer: "SPAN_KIND_PRODUCER",
  consumer: "SPAN_KIND_CONSUMER",
};

/** What a service is asked for, where nobody says of which kind. */
function spanKindsOf(parameters: Parameters): readonly string[] {
  const asked = parameters.all("spanKind").filter((kind) => kind !== "");
  return (asked.length === 0 ? ["server"] : asked).map((kind) => {
    const found = SPAN_KINDS[kind.toLowerCase()];
    if (found === undefined) throw malformed("spanKind", kind, `one of ${Object.keys(SPAN_KINDS).join(", ")}`);
    return found;
  });
}

/** The question in PromQL, of the metrics that the analyzer makes of spans. */
export function performanceQuery(question: PerformanceQuestion): string {
  const { kind, services, spanKinds, byOperation, quantile, ratePerMs } = question;
  const matchers = [oneOf("service", services), oneOf("span_kind", spanKinds)];
  const rate = (metric: string, ...more: readonly string[]) =>
    `rate(${metric}{${[...matchers, ...more].join(",")}}[${ratePerMs}ms])`;
  const by = byOperation ? "service, span_name" : "service";
  const calls = `sum by (${by}) (${rate("traces_spanmetrics_calls_total")})`;
  switch (kind) {
    case "calls":
      return calls;
    case "latencies":
      // In milliseconds.
      return `histogram_quantile(${quantile}, sum by (${by}, le) (${rate("traces_spanmetrics_latency_bucket")})) * 1000`;
    case "errors": {
      const failed = rate("traces_spanmetrics_calls_total", 'status_code="STATUS_CODE_ERROR"');
      // Where nothing failed there is no series of what failed.
      return `(sum by (${by}) (${failed}) or ${calls} * 0) / ${calls}`;
    }
  }
}

function oneOf(name: string, values: readonly string[]): string {
  const literally = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return formatMatcher({ name, operator: "=~", value: literally.join("|") });
}

/** The answer: a `jaeger.api_v2.metrics.MetricFamily` as JSON. */
export async function readPerformance(
  question: PerformanceQuestion,
  call: StorageCall,
  { promql }: JaegerContext,
): Promise<object> {
  const { startMs, endMs, stepMs } = question;
  const value = { startUnixMs: BigInt(startMs), endUnixMs: BigInt(endMs), stepMs: BigInt(stepMs) };
  const request = QueryPromqlRequest.fromPartial({
    query: performanceQuery(question),
    times: { $case: "range", value },
  });
  const metrics: object[] = [];
  for await (const { series } of promql.stream("queryPromql", request, call)) {
    for (const { labels, unixMs, values } of series) {
      const metricPoints = values.map((number, at) => ({
        gaugeValue: { doubleValue: Number.isFinite(number) ? number : String(number) },
        timestamp: formatRfc3339(nanosOfMs(Number(unixMs[at] ?? 0))),
      }));
      metrics.push({ labels: labelsJson(labels), metricPoints });
    }
  }
  return { ...familyOf(question), type: "GAUGE", metrics };
}

/** Names and values by turns, under the names that Jaeger has for them. */
function labelsJson(flat: readonly string[]): readonly object[] {
  const labels: object[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] === "span_name" ? "operation" : "service_name";
    labels.push({ name, value: flat[at + 1] ?? "" });
  }
  return labels;
}

function familyOf({ kind, byOperation, quantile }: PerformanceQuestion): { name: string; help: string } {
  const prefix = byOperation ? "service_operation" : "service";
  const grouped = byOperation ? "grouped by service & operation" : "grouped by service";
  switch (kind) {
    case "latencies":
      return { name: `${prefix}_latencies`, help: `${quantile}th quantile latency, ${grouped}` };
    case "calls":
      return { name: `${prefix}_call_rate`, help: `calls/sec, ${grouped}` };
    case "errors":
      return {
        name: `${prefix}_error_rate`,
        help: `error rate, computed as a fraction of errors/sec over calls/sec, ${grouped}`,
      };
  }
}
