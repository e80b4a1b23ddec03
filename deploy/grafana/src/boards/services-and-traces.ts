import type { Board } from "../board.ts";
import { graph, logs, network, table, traces } from "../panels.ts";
import {
  dependencyGraph,
  logql,
  promql,
  promqlWithExemplars,
  serviceGraph,
  sql,
  traceql,
  traceqlMetric,
} from "../query.ts";
import { warnFrom } from "../thresholds.ts";
import { labelVariable } from "../variable.ts";

const chosen = `service=~"$service"`;
const calls = `rate(traces_spanmetrics_calls_total{${chosen}}[$__rate_interval])`;
const failedCalls = `rate(traces_spanmetrics_calls_total{${chosen}, status_code="STATUS_CODE_ERROR"}[$__rate_interval])`;
const latency = `rate(traces_spanmetrics_latency_bucket{${chosen}}[$__rate_interval])`;

/** Who calls whom, and how that goes, from spans alone. */
export const servicesAndTraces: Board = {
  folder: "sightline",
  file: "services-and-traces",
  uid: "sightline-services-and-traces",
  title: "Services and Traces",
  description:
    "Rates, errors and durations of every service, computed from its spans; the map of who calls whom; traces and their lines.",
  tags: ["sightline", "traces"],
  refresh: "1m",
  from: "now-1h",
  variables: [labelVariable("service", "Service", "traces_spanmetrics_calls_total")],
  rows: [
    {
      title: "Rates, errors, durations",
      panels: [
        graph({
          title: "Calls",
          description: "Spans a second of each service.",
          queries: [promql(`sum by (service) (${calls})`, "{{service}}")],
          unit: "reqps",
          width: 8,
        }),
        graph({
          title: "Errors",
          description: "The share of a service's spans that ended with an error.",
          queries: [promql(`sum by (service) (${failedCalls}) / sum by (service) (${calls})`, "{{service}}")],
          unit: "percentunit",
          min: 0,
          thresholds: warnFrom(0.01, 0.05),
          showThresholds: true,
          width: 8,
        }),
        graph({
          title: "Duration, P95",
          description: "95 of 100 spans are shorter. Points are single spans; a click on one opens its trace.",
          queries: [promqlWithExemplars(`histogram_quantile(0.95, sum by (service, le) (${latency}))`, "{{service}}")],
          unit: "s",
          width: 8,
        }),
      ],
    },
    {
      title: "Who calls whom",
      panels: [
        network({
          title: "Service map",
          description: "Services, databases and queues; how often, how fast and how well they call each other.",
          queries: [serviceGraph()],
        }),
        network({
          title: "Dependencies",
          description: "Services and how many calls there were between them.",
          queries: [dependencyGraph()],
        }),
      ],
    },
    {
      title: "Traces",
      panels: [
        traces({
          title: "Failed traces",
          description: "The newest traces with an error in them. The id opens the trace.",
          queries: [traceql(`{ resource.service.name =~ "$service" && status = error }`)],
        }),
        traces({
          title: "Slow traces",
          description: "The newest traces with a span of a second and more.",
          queries: [traceql(`{ resource.service.name =~ "$service" && duration > 1s }`)],
        }),
        graph({
          title: "Spans by status",
          description: "Spans a second by how they ended, counted when it is asked.",
          queries: [traceqlMetric(`{ resource.service.name =~ "$service" } | rate() by (status)`)],
          unit: "ops",
        }),
        table({
          title: "Operations",
          description: "The operations that take most time in all, with their calls, errors and durations.",
          queries: [sql("operations", "table")],
          units: { P95: "ms", Errors: "percentunit", "Time in all": "ms" },
        }),
      ],
    },
    {
      title: "Lines",
      panels: [
        logs({
          title: "Lines with a trace",
          description: "Log lines that belong to a trace; opened, they lead to it.",
          queries: [logql(`{service_name=~"$service"} | trace_id != ""`)],
        }),
      ],
    },
  ],
};
