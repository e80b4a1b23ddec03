import type { Board } from "../board.ts";
import { bars, counts, graph, stat, table } from "../panels.ts";
import { promql, promqlNow, sql } from "../query.ts";
import { betterFrom, warnFrom } from "../thresholds.ts";

/** Components: are they well, and how complete are they. */
export const systemHealth: Board = {
  folder: "sightline",
  file: "system-health",
  uid: "sightline-system-health",
  title: "System Health",
  description:
    "Health of every component by its HEALTH_CHECK events, use of resources, and how complete components and the sprint are, where a scan reports it.",
  tags: ["sightline", "health"],
  refresh: "30s",
  from: "now-6h",
  variables: [],
  rows: [
    {
      title: "Health",
      panels: [
        stat({
          title: "Health score",
          description: "The mean of what components last said of themselves: 100 is well.",
          queries: [sql("health-score", "table")],
          unit: "short",
          decimals: 0,
          min: 0,
          max: 100,
          thresholds: betterFrom(60, 85),
          height: 8,
          width: 4,
        }),
        table({
          title: "Components",
          description: "What each component last said of itself, worst first.",
          queries: [sql("component-health", "table")],
          units: { "CPU %": "percent", "Memory %": "percent", "Disk %": "percent" },
          width: 12,
        }),
        counts({
          title: "Events by severity",
          description: "All events of the platform, by severity.",
          queries: [sql("events-by-severity", "timeseries")],
          unit: "short",
          width: 8,
          height: 8,
        }),
      ],
    },
    {
      title: "Resources and capacity",
      panels: [
        graph({
          title: "Use of resources",
          description: "CPU, memory and disk of the busiest host.",
          queries: ["cpu", "memory", "disk"].map((what) => promql(`max(system_${what}_usage_percent)`, what)),
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: warnFrom(80, 90),
          showThresholds: true,
        }),
        graph({
          title: "Where memory is going",
          description: "Memory in use, and where it will be in a day if it goes on as in the last six hours.",
          queries: [
            promql("max(system_memory_usage_percent)", "now"),
            promql("max(predict_linear(system_memory_usage_percent[6h], 86400))", "in a day"),
          ],
          unit: "percent",
          min: 0,
        }),
      ],
    },
    {
      title: "Completion",
      panels: [
        bars({
          title: "Implementation score",
          description: "How much of each component is implemented, as a scan of its syntax tree found.",
          queries: [promqlNow("sort(component_implementation_score)", "{{component}}")],
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: betterFrom(50, 90),
        }),
        bars({
          title: "Stubs",
          description: "Functions of each component that do nothing yet.",
          queries: [promqlNow("sort_desc(component_stubs)", "{{component}}")],
          unit: "short",
          decimals: 0,
          thresholds: warnFrom(1, 10),
        }),
        stat({
          title: "Sprint",
          description: "How much of the sprint's goals is done.",
          queries: [promql("sprint_completion_percent", "{{sprint}}")],
          unit: "percent",
          decimals: 0,
          thresholds: betterFrom(50, 90),
          width: 8,
          height: 8,
        }),
      ],
    },
  ],
};
