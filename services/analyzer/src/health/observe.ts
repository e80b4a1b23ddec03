import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import { msOfNanos } from "@sightline/model/time";
import { Severity, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
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

/** What an event tells of a target's health, if anything. */
export function observeEvent(fleet: Fleet, event: SystemEvent): void {
  const timeMs = msOfNanos(event.timeUnixNano);
  if (event.target === "") return;
  if (event.eventType === EVENT_TYPES.healthCheck) {
    const up = event.healthScore === undefined ? event.severity < Severity.ERROR : event.healthScore > 0;
    fleet.checked(event.target, { up, reason: event.title }, timeMs);
  } else if (event.severity === Severity.CRITICAL) {
    fleet.burdened(event.target, "critical", timeMs);
  } else if (event.severity === Severity.ERROR) {
    fleet.burdened(event.target, "error", timeMs);
  }
}
