import type { Signal, StreamKey } from "@sightline/bus/subjects";

/**
 * A part of the bus that is written in order by one process at a time. Every lane has its own place on the bus, its own
 * owner and its own batches; apart from `events`, no table is written by two lanes.
 *
 * All shards of a signal are one lane, so that one storage process makes one insert per table where four lanes would
 * make four. Splitting a signal over processes means to split its lane: the same with `telemetry.traces.0`, `.1`, …
 */
export interface LaneSpec {
  readonly stream: StreamKey;
  /** As published, with wildcards. */
  readonly subject: string;
  readonly signal: Signal;
}

export const LANES = {
  traces: { stream: "telemetry", subject: "telemetry.traces.*", signal: "traces" },
  metrics: { stream: "telemetry", subject: "telemetry.metrics.*", signal: "metrics" },
  logs: { stream: "telemetry", subject: "telemetry.logs.*", signal: "logs" },
  events: { stream: "telemetry", subject: "telemetry.events.*", signal: "events" },
  /** The events of the services themselves. */
  signals: { stream: "signals", subject: "signals.*", signal: "events" },
} as const satisfies Record<string, LaneSpec>;

export type LaneName = keyof typeof LANES;

/** The bucket on the bus where the lanes' places are kept. */
export const LANES_BUCKET = "storage-lanes";

export const LANE_NAMES = ["traces", "metrics", "logs", "events", "signals"] as const satisfies readonly LaneName[];
