import type { Board } from "../board.ts";
import { bars, graph, heatmap, logs, stat, traces } from "../panels.ts";
import { logql, promql, promqlBuckets, promqlNow, promqlWithExemplars, traceql } from "../query.ts";
import { warnFrom } from "../thresholds.ts";
import { aegisJob } from "./aegis-variables.ts";

const all = `http_requests_total{job=~"$job"}`;
const failed = `http_requests_total{job=~"$job", status=~"5.."}`;
const buckets = `rate(http_request_duration_seconds_bucket{job=~"$job"}[5m])`;

/** Rates, errors and durations of the APIs. */
export const aegisApiPerformance: Board = {
  folder: "aegis",
  file: "api-performance",
  uid: "aegis-api-performance",
  title: "API Performance",
  description: "Request rates, latency and errors of the APIs, and the lines and traces behind them.",
  tags: ["aegis", "api"],
  refresh: "30s",
  from: "now-1h",
  variables: [aegisJob],
  rows: [
    {
      title: "Rates and errors",
      panels: [
        stat({
          title: "Requests",
          description: "Requests a second.",
          queries: [promql(`sum(rate(${all}[5m]))`, "requests")],
          unit: "reqps",
        }),
        stat({
          title: "Errors",
          description: "The share of requests that ended with 5xx over five minutes. HighAPIErrorRate fires above 5 %.",
          queries: [promql(`(sum(rate(${failed}[5m])) or vector(0)) / sum(rate(${all}[5m]))`, "errors")],
          unit: "percentunit",
          decimals: 2,
          thresholds: warnFrom(0.01, 0.05),
        }),
        stat({
          title: "Latency, P95",
          description: "95 of 100 requests are faster.",
          queries: [promql(`histogram_quantile(0.95, sum by (le) (${buckets}))`, "P95")],
          unit: "s",
          thresholds: warnFrom(1, 2),
        }),
        stat({
          title: "Refused for their rate",
          description: "Requests a second that a rate limit refused.",
          queries: [promql(`sum(rate(rate_limit_exceeded_total{job=~"$job"}[5m]))`, "refused")],
          unit: "reqps",
          thresholds: warnFrom(1, 10),
        }),
        graph({
          title: "Requests by status",
          description: "Requests a second by the status of their answers.",
          queries: [promql(`sum by (status) (rate(${all}[$__rate_interval]))`, "{{status}}")],
          unit: "reqps",
          stacked: true,
        }),
        graph({
          title: "Error rate by service",
          description: "The share of requests that ended with 5xx. The line is where HighAPIErrorRate fires.",
          queries: [promql(`sum by (job) (rate(${failed}[5m])) / sum by (job) (rate(${all}[5m]))`, "{{job}}")],
          unit: "percentunit",
          min: 0,
          thresholds: warnFrom(0.01, 0.05),
          showThresholds: true,
        }),
      ],
    },
    {
      title: "Latency",
      panels: [
        graph({
          title: "P95 by service",
          description:
            "95 of 100 requests of a service are faster. Points are single measurements; a click on one opens its trace.",
          queries: [promqlWithExemplars(`histogram_quantile(0.95, sum by (job, le) (${buckets}))`, "{{job}}")],
          unit: "s",
          thresholds: warnFrom(1, 2),
          showThresholds: true,
        }),
        heatmap({
          title: "How long requests take",
          description: "How many requests took how long: each line of cells is a bucket of the histogram.",
          queries: [
            promqlBuckets(`sum by (le) (increase(http_request_duration_seconds_bucket{job=~"$job"}[$__interval]))`),
          ],
          unit: "s",
        }),
        bars({
          title: "Slowest endpoints, P95",
          description: "The ten endpoints whose slow requests are slowest, at the end of the range.",
          queries: [
            promqlNow(
              `topk(10, histogram_quantile(0.95, sum by (method, route, le) (${buckets})))`,
              "{{method}} {{route}}",
            ),
          ],
          unit: "s",
          thresholds: warnFrom(1, 2),
          width: 12,
        }),
        graph({
          title: "Database queries, P95",
          description: "95 of 100 queries are faster.",
          queries: [
            promql(
              `histogram_quantile(0.95, sum by (job, le) (rate(db_query_duration_seconds_bucket{job=~"$job"}[5m])))`,
              "{{job}}",
            ),
          ],
          unit: "s",
        }),
      ],
    },
    {
      title: "Sessions, sign-in and cache",
      panels: [
        graph({
          title: "Sign-in attempts",
          description: "Attempts a second by their result.",
          queries: [promql(`sum by (result) (rate(auth_attempts_total{job=~"$job"}[$__rate_interval]))`, "{{result}}")],
          unit: "reqps",
          stacked: true,
          width: 8,
        }),
        graph({
          title: "Active sessions",
          description: "Sessions of people who are signed in.",
          queries: [promql(`sum by (job) (active_sessions_total{job=~"$job"})`, "{{job}}")],
          unit: "short",
          width: 8,
        }),
        graph({
          title: "Policies and cache hits",
          description: "Policies that were evaluated and answers that came from Redis, a second.",
          queries: [
            promql(`sum(rate(policy_evaluations_total{job=~"$job"}[$__rate_interval]))`, "policies"),
            promql(`sum(rate(redis_cache_hits_total{job=~"$job"}[$__rate_interval]))`, "cache hits"),
          ],
          unit: "ops",
          width: 8,
        }),
      ],
    },
    {
      title: "Behind the numbers",
      panels: [
        traces({
          title: "Slow traces",
          description: "Traces with a span of the service of a second and more. The id opens the trace.",
          queries: [traceql(`{ resource.service.name =~ "$job" && duration > 1s }`)],
          width: 24,
        }),
        logs({
          title: "Slow requests",
          description: "Lines of requests that took more than a second.",
          queries: [logql(`{job=~"$job"} | json | duration_ms > 1000`)],
        }),
      ],
    },
  ],
};
