import assert from "node:assert/strict";
import { createValidate } from "@sightline/otlp/validate";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import type {
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
} from "@sightline/proto/opentelemetry/proto/metrics/v1/metrics";
import { finishAtOnce } from "../../steps.ts";
import { type TranslateOptions, type Translation, translateWrite, type WriteVersion } from "../translate.ts";
import { encodeV1, encodeV2, type TestLabels, type TestSeries, withStaleMarkers } from "./encode.ts";

/** For tests of translations: how much of OTLP one may give. */
export const maxBytes = 64 * 1024 * 1024;
/** A moment in milliseconds, as Prometheus writes it; the same in nanoseconds, as OTLP has it. */
export const T = 1_700_000_000_123;
export const NANOS = 1_700_000_000_123_000_000n;
export const encoders = { v1: encodeV1, v2: encodeV2 } as const;
export const versions = ["v1", "v2"] as const;

/** All steps of a translation at once. */
export function translateAll(request: Uint8Array, options: TranslateOptions): Translation {
  return finishAtOnce(translateWrite(request, options));
}

/** Series, encoded independently of us, as OTLP. */
export function translate(version: WriteVersion, series: readonly TestSeries[]): Translation {
  return translateAll(withStaleMarkers(encoders[version](series)), { version, maxBytes });
}

/** A metric and the attributes of its resource. */
export interface Placed {
  readonly resource: TestLabels;
  readonly metric: Metric;
}

/** What a translation gave, read by another decoder; fails when it is no valid OTLP. */
export function metricsOf(otlp: Uint8Array): Placed[] {
  const { refused } = createValidate("metrics")(otlp);
  assert.equal(refused.message, "", "what is translated is valid OTLP");
  return ExportMetricsServiceRequest.decode(otlp).resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.map((metric) => ({ resource: textsOf(resource?.attributes ?? []), metric })),
    ),
  );
}

export function textsOf(attributes: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      assert.equal(value?.value?.$case, "stringValue");
      return [key, value?.value?.$case === "stringValue" ? value.value.value : ""];
    }),
  );
}

export function numbersOf({ data }: Metric): NumberDataPoint[] {
  return data?.$case === "gauge" || data?.$case === "sum" ? data.value.dataPoints : [];
}

/** Every sample as it can be asked for later: its labels, value and time. */
export function samplesOf({ samples }: Translation) {
  return metricsOf(samples).flatMap(({ metric }) =>
    numbersOf(metric).map((point) => ({
      labels: { __name__: metric.name, ...textsOf(point.attributes) },
      value: point.value?.value,
      timeUnixNano: point.timeUnixNano,
    })),
  );
}

/** The one exponential histogram of a translation. */
export function exponentialOf({ histograms }: Translation): ExponentialHistogramDataPoint {
  const [{ metric } = assert.fail()] = metricsOf(histograms);
  assert.equal(metric.data?.$case, "exponentialHistogram");
  return (metric.data?.$case === "exponentialHistogram" ? metric.data.value.dataPoints[0] : undefined) ?? assert.fail();
}

/** The one explicit histogram of a translation. */
export function explicitOf({ histograms }: Translation): HistogramDataPoint {
  const [{ metric } = assert.fail()] = metricsOf(histograms);
  assert.equal(metric.data?.$case, "histogram");
  return (metric.data?.$case === "histogram" ? metric.data.value.dataPoints[0] : undefined) ?? assert.fail();
}
