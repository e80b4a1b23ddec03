import { createHash } from "node:crypto";
import type { EventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import { nanosOfMs } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { Anomaly } from "@sightline/proto/sightline/analysis/v1/analysis_service";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { type SeriesId, type SeriesStore, seriesKey } from "../baseline/series-store.ts";
import { evidenceOf, figure, seriesText } from "./evidence.ts";

/** One value of a series, as it came off the bus. */
export interface Sample extends SeriesId {
  /** What the series is of; "" when that is not known. */
  readonly target: string;
  /** Milliseconds since the Unix epoch. */
  readonly timeMs: number;
  readonly value: number;
  /** A running total rather than a level. */
  readonly monotonic: boolean;
}

/** An anomaly and the event that tells of it. */
export interface Found {
  readonly tenant: string;
  readonly target: string;
  readonly anomaly: Anomaly;
  readonly event: SystemEvent;
}

export interface DetectorOptions {
  readonly store: SeriesStore;
  readonly events: EventBuilder;
  /** Outliers in a row that make an anomaly, for the evidence. */
  readonly consecutive: number;
}

/** Compares a sample with the baseline of its series. */
export type Detector = (tenant: string, sample: Sample) => Found | undefined;

export function createDetector({ store, events, consecutive }: DetectorOptions): Detector {
  return (tenant, sample) => {
    const step = store.of(tenant, sample)?.series.take(sample.timeMs, sample.value, sample.monotonic);
    if (step?.kind !== "anomaly") return undefined;
    const { low, high, confidence } = step.outlier;
    const anomaly: Anomaly = {
      eventId: anomalyId(tenant, sample),
      timeUnixNano: nanosOfMs(sample.timeMs),
      metric: sample.metric,
      labels: { ...sample.labels },
      value: step.value,
      expectedLow: low,
      expectedHigh: high,
      confidence,
      evidence: evidenceOf(step, consecutive),
    };
    const event = events.build({
      eventId: anomaly.eventId,
      timeUnixNano: anomaly.timeUnixNano,
      eventType: EVENT_TYPES.anomaly,
      severity: "warning",
      source: "analyzer",
      target: sample.target,
      category: "analysis",
      title: `${sample.metric} is ${figure(step.value)}, expected ${figure(low)} to ${figure(high)}`,
      description: `${seriesText(sample)}: ${anomaly.evidence}.`,
      details: {
        metric: anomaly.metric,
        labels: anomaly.labels,
        value: anomaly.value,
        expected_low: low,
        expected_high: high,
        confidence,
        samples: step.samples,
      },
    });
    return { tenant, target: sample.target, anomaly, event };
  };
}

/** The same finding has the same id, so that telling of it twice is telling of it once. */
function anomalyId(tenant: string, sample: Sample): string {
  const digest = createHash("sha256")
    .update(`${tenant} ${sample.timeMs} ${seriesKey(sample)}`)
    .digest();
  return uuid7(sample.timeMs, (bytes) => bytes.set(digest.subarray(0, bytes.length)));
}
