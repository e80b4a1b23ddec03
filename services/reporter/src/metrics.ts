import { Histogram, type Registry } from "prom-client";

/** The reporter's own metrics. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    reportDuration: new Histogram({
      name: "sightline_report_duration_seconds",
      help: "Time to make a report",
      buckets: [0.1, 0.5, 1, 5, 20, 60],
      registers,
    }),
  };
}
