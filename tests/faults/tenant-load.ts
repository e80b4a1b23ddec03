import {
  ExportMetricsServiceRequest,
  ExportMetricsServiceResponse,
} from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";

/** A request of gauges, one point each, of as many series: label sets from one number up to another. */
export function seriesRequest(from: number, to: number, mark: string): Uint8Array {
  const timeUnixNano = BigInt(Date.now()) * 1_000_000n;
  const text = (value: string) => ({ value: { $case: "stringValue" as const, value } });
  const dataPoints = Array.from({ length: to - from }, (_, at) => ({
    timeUnixNano,
    value: { $case: "asDouble" as const, value: 1 },
    attributes: [
      { key: "user.id", value: text(`user-${from + at}`) },
      { key: "http.route", value: text("/api/v1/orders") },
    ],
  }));
  const data = { $case: "gauge" as const, value: { dataPoints } };
  const request = ExportMetricsServiceRequest.fromPartial({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: "service.name", value: text(mark) }] },
        scopeMetrics: [{ metrics: [{ name: "requests", data }] }],
      },
    ],
  });
  return ExportMetricsServiceRequest.encode(request).finish();
}

/** What a door of OTLP/HTTP answered. */
export interface Answered {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly body: Buffer;
}

/** Sends a serialized request by OTLP/HTTP, once. */
export async function postOtlp(url: string, apiKey: string, body: Uint8Array): Promise<Answered> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", authorization: `Bearer ${apiKey}` },
    body: Uint8Array.from(body),
    signal: AbortSignal.timeout(30_000),
  });
  const retryAfter = answer.headers.get("retry-after");
  return {
    status: answer.status,
    retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}

/** How many points an answer to metrics says were refused, and why. */
export function refusedPoints({ body }: Answered): { count: number; message: string } {
  const { partialSuccess } = ExportMetricsServiceResponse.decode(body);
  return { count: Number(partialSuccess?.rejectedDataPoints ?? 0n), message: partialSuccess?.errorMessage ?? "" };
}

/** The value below which that part of the values is, from 0 to 1. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
