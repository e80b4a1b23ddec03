import type { Board } from "../board.ts";
import { counts, graph, logs, stat, states, table } from "../panels.ts";
import { logql, promql, promqlTable, promqlWithExemplars, sql } from "../query.ts";
import { betterFrom, ONE_IS_GOOD, warnFrom } from "../thresholds.ts";
import { aegisJob } from "./aegis-variables.ts";

const requests = `rate(http_requests_total{job=~"$job"}[$__rate_interval])`;
const failed = `rate(http_requests_total{job=~"$job", status=~"5.."}[$__rate_interval])`;
const errorShare = `(sum(${failed}) or vector(0)) / sum(${requests})`;
const latency = `sum by (le) (rate(http_request_duration_seconds_bucket{job=~"$job"}[$__rate_interval]))`;
const completed = `rate(executor_actions_total{status="completed"}[5m])`;

/** The system as a whole: is it up, is it fast, is it right. */
export const aegisOverview: Board = {
  folder: "aegis",
  file: "overview",
  uid: "aegis-overview",
  title: "Aegis Overview",
  description:
    "The whole system at a glance: what is up, how much it does, how fast and how well. Titles lead to the board behind them.",
  tags: ["aegis", "overview"],
  refresh: "30s",
  from: "now-6h",
  variables: [aegisJob],
  rows: [
    {
      title: "Now",
      panels: [
        stat({
          title: "Services up",
          description: "The share of scraped targets that answer.",
          queries: [promql(`avg(up{job=~"$job"})`, "up")],
          unit: "percentunit",
          width: 4,
          min: 0,
          max: 1,
          thresholds: betterFrom(0.9, 1),
        }),
        stat({
          title: "Requests",
          description: "Requests a second over all services.",
          queries: [promql(`sum(${requests})`, "requests")],
          unit: "reqps",
          width: 4,
          opens: { "API Performance": "aegis-api-performance" },
        }),
        stat({
          title: "Errors",
          description: "The share of requests that ended with 5xx. HighAPIErrorRate fires above 5 %.",
          queries: [promql(errorShare, "errors")],
          unit: "percentunit",
          decimals: 2,
          width: 4,
          thresholds: warnFrom(0.01, 0.05),
          opens: { "API Performance": "aegis-api-performance" },
        }),
        stat({
          title: "Latency, P99",
          description: "99 of 100 requests are faster. HighAPILatency fires above 2 s.",
          queries: [promql(`histogram_quantile(0.99, ${latency})`, "P99")],
          unit: "s",
          width: 4,
          thresholds: warnFrom(1, 2),
          opens: { "API Performance": "aegis-api-performance" },
        }),
        stat({
          title: "Anomalies",
          description: "Anomalies that the AI engine found in an hour.",
          queries: [promql(`sum(increase(ai_anomalies_detected_total[1h]))`, "anomalies")],
          unit: "short",
          decimals: 0,
          width: 4,
          thresholds: warnFrom(10, 50),
          opens: { "AI Engine": "aegis-ai-engine" },
        }),
        stat({
          title: "Actions completed",
          description:
            "The share of the executor's actions that are completed. HighExecutorFailureRate fires below 80 %.",
          queries: [promql(`sum(${completed}) / sum(rate(executor_actions_total[5m]))`, "completed")],
          unit: "percentunit",
          width: 4,
          thresholds: betterFrom(0.8, 0.95),
          opens: { Executor: "aegis-executor" },
        }),
      ],
    },
    {
      title: "Traffic",
      panels: [
        graph({
          title: "Requests by service",
          description: "Requests a second of each service.",
          queries: [promql(`sum by (job) (${requests})`, "{{job}}")],
          unit: "reqps",
          stacked: true,
        }),
        graph({
          title: "Latency",
          description:
            "Half, 95 and 99 of 100 requests are faster. Points are single measurements; a click on one opens its trace.",
          queries: [
            promql(`histogram_quantile(0.5, ${latency})`, "P50"),
            promqlWithExemplars(`histogram_quantile(0.95, ${latency})`, "P95"),
            promql(`histogram_quantile(0.99, ${latency})`, "P99"),
          ],
          unit: "s",
          thresholds: warnFrom(1, 2),
          showThresholds: true,
        }),
        states({
          title: "Up and down",
          description: "Whether each target answered its scrapes.",
          queries: [promql(`up{job=~"$job"}`, "{{job}} {{instance}}")],
          thresholds: ONE_IS_GOOD,
          words: { "0": "down", "1": "up" },
        }),
        counts({
          title: "Log lines by level",
          description: "Lines that the services wrote, by their level.",
          queries: [logql(`sum by (detected_level) (count_over_time({job=~"$job"}[$__auto]))`, "{{detected_level}}")],
          unit: "short",
        }),
      ],
    },
    {
      title: "What to look at",
      panels: [
        table({
          title: "Where errors come from",
          description: "Services by their failed requests a second, at the end of the range.",
          queries: [promqlTable(`sort_desc(sum by (job) (${failed}))`)],
          columns: { job: "Service", Value: "Errors" },
          without: ["Time"],
          units: { Errors: "reqps" },
        }),
        table({
          title: "Events",
          description: "The newest events of warning and worse.",
          queries: [sql("warning-events", "table")],
        }),
        logs({
          title: "Recent errors",
          description: "Lines of the level error.",
          queries: [logql(`{job=~"$job"} |= "error" | json | level="error"`)],
        }),
      ],
    },
  ],
};
