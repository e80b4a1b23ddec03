import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import { formatDuration } from "@sightline/query/promql/durations";
import type { MapReader } from "../yaml/map-reader.ts";
import { readThreshold } from "./events.ts";
import type { AnomalySource, EventsSource } from "./source.ts";

/** Reads `anomaly: { metric, min_confidence, threshold_count, threshold_time_window }`. */
export function readAnomaly(reader: MapReader): AnomalySource {
  const minConfidence = reader.number("min_confidence") ?? 0;
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    reader.refuse("min_confidence", `min_confidence: got ${minConfidence}, want 0 to 1`);
  }
  return { kind: "anomaly", metric: reader.text("metric"), minConfidence, ...readThreshold(reader) };
}

/** As `readAnomaly` reads it. */
export function formatAnomaly({ metric, minConfidence, thresholdCount, windowMs }: AnomalySource): object {
  return {
    ...(metric !== undefined && { metric }),
    ...(minConfidence > 0 && { min_confidence: minConfidence }),
    threshold_count: thresholdCount,
    threshold_time_window: formatDuration(windowMs),
  };
}

/** The condition on events that finds what the analyzer has found. */
export function anomalyEvents({ metric, minConfidence, thresholdCount, windowMs }: AnomalySource): EventsSource {
  const tests = [`event_type == '${EVENT_TYPES.anomaly}'`];
  if (metric !== undefined) tests.push(`details.get('metric') == ${quoted(metric)}`);
  if (minConfidence > 0) tests.push(`details.get('confidence') >= ${minConfidence}`);
  const condition = tests.join(" and ");
  return { kind: "events", condition, resolveWhen: undefined, thresholdCount, windowMs, groupBy: ["target"] };
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
