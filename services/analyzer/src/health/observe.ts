import { textOf, timeOf, type WireEvent } from "@sightline/events/wire-event";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import { msOfNanos } from "@sightline/model/time";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import type { Sample } from "../anomaly/detector.ts";
import type { Fleet, Resource } from "./fleet.ts";

/** Metrics of the collector that tell how a host is. */
const resources: Readonly<Record<string, Resource>> = {
  system_cpu_usage_percent: "cpu",
  system_memory_usage_percent: "memory",
  system_disk_usage_percent: "disk",
};

/** The collector's gauge of every visit to a target: 1 when it was reached. */
const upMetric = "sightline_target_up";

/** What a sample tells of a target's health, if anything. */
export function observeSample(fleet: Fleet, sample: Sample): void {
  const { metric, labels, timeMs, value } = sample;
  const resource = resources[metric];
  if (resource !== undefined && sample.target !== "") fleet.used(sample.target, resource, value, timeMs);
  const target = labels.target;
  if (metric === upMetric && target !== undefined) fleet.checked(target, { up: value === 1 }, timeMs);
}

/** What an event tells of a target's health, if anything; of most nothing but their type is read. */
export function observeEvent(fleet: Fleet, event: WireEvent): void {
  const { wire, severity, healthScore } = event;
  if (event.target.start === event.target.end) return;
  const isCheck = textOf(event, event.eventType) === EVENT_TYPES.healthCheck;
  if (!isCheck && severity < Severity.ERROR) return;
  const target = textOf(event, event.target);
  const timeMs = msOfNanos(timeOf(event));
  if (isCheck) {
    const up = healthScore === 0 ? severity < Severity.ERROR : wire.view.getFloat64(healthScore, true) > 0;
    fleet.checked(target, { up, reason: textOf(event, event.title) }, timeMs);
  } else if (severity === Severity.CRITICAL) {
    fleet.burdened(target, "critical", timeMs);
  } else if (severity === Severity.ERROR) {
    fleet.burdened(target, "error", timeMs);
  }
}
