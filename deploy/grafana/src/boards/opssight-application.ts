import type { Board } from "../board.ts";
import { bars, graph, stat } from "../panels.ts";
import { promql, promqlNow, promqlWithExemplars } from "../query.ts";
import { betterFrom, warnFrom } from "../thresholds.ts";
import { opssightEndpoint } from "./opssight-variables.ts";

const chosen = `endpoint=~"$endpoint"`;
const all = `rate(http_requests_total{${chosen}}[$__rate_interval])`;
const failed = `rate(http_requests_total{${chosen}, status_code=~"5.."}[$__rate_interval])`;
const latency = `rate(http_request_duration_seconds_bucket{${chosen}}[$__rate_interval])`;
const quantile = (share: number, metric: string, by: string) =>
  `histogram_quantile(${share}, sum by (${by}, le) (rate(${metric}_bucket[$__rate_interval])))`;

/** HTTP, database, cache and background tasks. */
export const opssightApplication: Board = {
  folder: "opssight",
  file: "application-performance",
  uid: "opssight-application",
  title: "Application Performance",
  description: "What the application does, and what it waits for: HTTP, database, cache and background tasks.",
  tags: ["opssight", "application"],
  refresh: "30s",
  from: "now-3h",
  variables: [opssightEndpoint],
  rows: [
    {
      title: "HTTP",
      panels: [
        graph({
          title: "Requests by endpoint",
          description: "Requests a second of the ten busiest endpoints.",
          queries: [promql(`topk(10, sum by (method, endpoint) (${all}))`, "{{method}} {{endpoint}}")],
          unit: "reqps",
          width: 8,
        }),
        graph({
          title: "Error rate by endpoint",
          description: "The share of requests that ended with 5xx. Critical above 10 %.",
          queries: [promql(`sum by (endpoint) (${failed}) / sum by (endpoint) (${all})`, "{{endpoint}}")],
          unit: "percentunit",
          min: 0,
          thresholds: warnFrom(0.02, 0.1),
          showThresholds: true,
          width: 8,
        }),
        graph({
          title: "Response time, P95",
          description: "95 of 100 requests are faster. Points are single measurements; a click on one opens its trace.",
          queries: [
            promqlWithExemplars(`histogram_quantile(0.95, sum by (endpoint, le) (${latency}))`, "{{endpoint}}"),
          ],
          unit: "s",
          thresholds: warnFrom(1, 2),
          showThresholds: true,
          width: 8,
        }),
        bars({
          title: "Requests by kind of user",
          description: "Requests a second by the kind of user who made them.",
          queries: [promqlNow(`sum by (user_type) (${all})`, "{{user_type}}")],
          unit: "reqps",
          width: 8,
        }),
        graph({
          title: "Size of requests and responses",
          description: "Bytes of a request and of a response, on average.",
          queries: ["request", "response"].map((what) =>
            promql(
              `sum(rate(http_${what}_size_bytes_sum{${chosen}}[$__rate_interval])) / sum(rate(http_${what}_size_bytes_count{${chosen}}[$__rate_interval]))`,
              what,
            ),
          ),
          unit: "bytes",
          width: 16,
        }),
      ],
    },
    {
      title: "Database",
      panels: [
        graph({
          title: "Connections",
          description: "Connections that are used and that wait to be.",
          queries: [
            promql("sum by (database) (db_connections_active)", "{{database}} active"),
            promql("sum by (database) (db_connections_idle)", "{{database}} idle"),
          ],
          unit: "short",
          width: 8,
        }),
        graph({
          title: "Query time, P95",
          description: "95 of 100 queries are faster.",
          queries: [promql(quantile(0.95, "db_query_duration_seconds", "operation, table"), "{{operation}} {{table}}")],
          unit: "s",
          width: 8,
        }),
        graph({
          title: "Slow queries",
          description: "Slow queries a minute.",
          queries: [
            promql(
              "60 * sum by (operation, table) (rate(db_slow_queries_total[$__rate_interval]))",
              "{{operation}} {{table}}",
            ),
          ],
          unit: "opm",
          width: 8,
        }),
      ],
    },
    {
      title: "Cache",
      panels: [
        stat({
          title: "Hit ratio",
          description: "The share of look-ups that the cache answers. Warning below 80 %.",
          queries: [promql("min(cache_hit_ratio)", "hits")],
          unit: "percentunit",
          decimals: 1,
          thresholds: betterFrom(0.8, 0.9),
          height: 8,
        }),
        graph({
          title: "Operations",
          description: "Operations a second by what they are and how they ended.",
          queries: [
            promql(
              "sum by (operation, result) (rate(cache_operations_total[$__rate_interval]))",
              "{{operation}} {{result}}",
            ),
          ],
          unit: "ops",
          width: 9,
        }),
        graph({
          title: "Memory",
          description: "Memory of each cache.",
          queries: [promql("sum by (cache_type) (cache_memory_usage_bytes)", "{{cache_type}}")],
          unit: "bytes",
          width: 9,
        }),
      ],
    },
    {
      title: "Background tasks",
      panels: [
        graph({
          title: "Active",
          description: "Tasks that run.",
          queries: [promql("sum by (task_type) (background_tasks_active)", "{{task_type}}")],
          unit: "short",
          stacked: true,
          width: 8,
        }),
        graph({
          title: "Duration, P95",
          description: "95 of 100 tasks are faster.",
          queries: [promql(quantile(0.95, "background_task_duration_seconds", "task_type"), "{{task_type}}")],
          unit: "s",
          width: 8,
        }),
        graph({
          title: "Errors",
          description: "Failed tasks a minute.",
          queries: [
            promql(
              "60 * sum by (task_type, error_type) (rate(background_task_errors_total[$__rate_interval]))",
              "{{task_type}} {{error_type}}",
            ),
          ],
          unit: "opm",
          width: 8,
        }),
      ],
    },
  ],
};
