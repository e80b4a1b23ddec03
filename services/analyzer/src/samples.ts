import { msOfNanos } from "@sightline/model/time";
import { readNumberPoints } from "@sightline/otlp/points";
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

/** The numbers of a message, each with the host, instance or service that it is of. */
export function readSamples(payload: Uint8Array, take: (sample: Sample) => void): void {
  readNumberPoints(payload, ({ metric, labels, resource, timeUnixNano, value, monotonic }) => {
    if (isBucket(metric, labels)) return;
    const target = resource["host.name"] ?? labels.instance ?? resource["service.name"] ?? "";
    take({ metric, labels: labelsOf(resource, labels), target, timeMs: msOfNanos(timeUnixNano), value, monotonic });
  });
}
