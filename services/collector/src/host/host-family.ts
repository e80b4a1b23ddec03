import type { Point } from "../otlp/metrics-request.ts";

/** A value read from the host; when it was read is added by whoever reads. */
export type HostPoint = Omit<Point, "timeUnixNano">;

/** A group of host metrics that are read together. */
export interface HostFamily {
  readonly name: string;
  /** Reads the present values. Never called while an earlier call is under way. */
  read(): Promise<HostPoint[]>;
}

/** What a metric is, whatever its value. */
export type MetricSpec = Pick<Point, "name" | "unit" | "help" | "kind">;

/** A value of a metric. */
export function point(spec: MetricSpec, value: number, labels: Readonly<Record<string, string>> = {}): HostPoint {
  return { ...spec, value, labels: Object.entries(labels) };
}
