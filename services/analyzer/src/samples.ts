import { msOfNanos } from "@sightline/model/time";
import type { PointSampler } from "@sightline/otlp/point-sampler";
import type { Sample } from "./anomaly/detector.ts";

/** Series of a histogram's buckets say little each for itself. */
function isBucket(metric: string, labels: Readonly<Record<string, string>>): boolean {
  return metric.endsWith("_bucket") && labels.le !== undefined;
}

/** What of the resource tells apart series that have the same labels. */
const identity = ["service.name", "service.instance.id", "host.name"] as const;

/** Labels as a query for the metric answers them, so far as they tell series apart. */
function labelsOf(resource: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) {
  const whose = identity.flatMap((name) => (resource[name] === undefined ? [] : [[name, resource[name]]]));
  return { ...Object.fromEntries(whose), ...labels };
}

/** A tenant's message of metrics. */
export interface MetricsMessage {
  readonly tenant: string;
  readonly payload: Uint8Array;
}

/** The numbers of a message that are due, each with the host, instance or service that it is of. */
export function readSamples(
  sampler: PointSampler,
  { tenant, payload }: MetricsMessage,
  take: (sample: Sample) => void,
): void {
  sampler(tenant, payload, ({ metric, labels, resource, timeUnixNano, value, monotonic }) => {
    if (isBucket(metric, labels)) return;
    const target = resource["host.name"] ?? labels.instance ?? resource["service.name"] ?? "";
    take({ metric, labels: labelsOf(resource, labels), target, timeMs: msOfNanos(timeUnixNano), value, monotonic });
  });
}
