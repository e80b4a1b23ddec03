import type { Board } from "../board.ts";
import { counts, gauge, graph, logs, stat } from "../panels.ts";
import { logql, promql, promqlWithExemplars, sql } from "../query.ts";
import { betterFrom, warnFrom, worseFrom } from "../thresholds.ts";

const all = `rate(http_requests_total[$__rate_interval])`;
const failed = `rate(http_requests_total{status_code=~"5.."}[$__rate_interval])`;
const latency = `sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval]))`;

/** The platform on one page. */
export const opssightOverview: Board = {
  folder: "opssight",
  file: "platform-overview",
  uid: "opssight-overview",
  title: "OpsSight Platform Overview",
  description:
    "Health of the system, key figures, errors, response times and use of resources. Titles lead to the board behind them.",
  tags: ["opssight", "overview"],
  refresh: "30s",
  from: "now-6h",
  variables: [],
  rows: [
    {
      title: "Key figures",
      panels: [
        stat({
          title: "Targets up",
          description: "The share of scraped targets that answer.",
          queries: [promql("avg(up)", "up")],
          unit: "percentunit",
          width: 4,
          thresholds: betterFrom(0.9, 1),
        }),
        stat({
          title: "Requests",
          description: "Requests a second.",
          queries: [promql(`sum(${all})`, "requests")],
          unit: "reqps",
          width: 4,
          opens: { "Application Performance": "opssight-application" },
        }),
        stat({
          title: "Error rate",
          description: "The share of requests that ended with 5xx. Critical above 10 %.",
          queries: [promql(`(sum(${failed}) or vector(0)) / sum(${all})`, "errors")],
          unit: "percentunit",
          decimals: 2,
          width: 4,
          thresholds: warnFrom(0.02, 0.1),
          opens: { "Application Performance": "opssight-application" },
        }),
        stat({
          title: "Response time, P95",
          description: "95 of 100 requests are faster. Warning above 2 s.",
          queries: [promql(`histogram_quantile(0.95, ${latency})`, "P95")],
          unit: "s",
          width: 4,
          thresholds: warnFrom(1, 2),
          opens: { "Application Performance": "opssight-application" },
        }),
        stat({
          title: "Active users",
          description: "People who did something within an hour.",
          queries: [promql(`sum(business_active_users{time_window="1h"})`, "users")],
          unit: "short",
          width: 4,
          opens: { "Business Metrics": "opssight-business" },
        }),
        stat({
          title: "Deployments a day",
          description: "Over all environments.",
          queries: [promql("sum(business_deployment_frequency_per_day)", "deployments")],
          unit: "short",
          decimals: 1,
          width: 4,
          opens: { "Business Metrics": "opssight-business" },
        }),
      ],
    },
    {
      title: "Errors and response times",
      panels: [
        graph({
          title: "Requests by status",
          description: "Requests a second by the status of their answers.",
          queries: [promql(`sum by (status_code) (${all})`, "{{status_code}}")],
          unit: "reqps",
          stacked: true,
        }),
        graph({
          title: "Response times",
          description:
            "Half and 95 of 100 requests are faster. Points are single measurements; a click on one opens its trace.",
          queries: [
            promql(`histogram_quantile(0.5, ${latency})`, "P50"),
            promqlWithExemplars(`histogram_quantile(0.95, ${latency})`, "P95"),
          ],
          unit: "s",
          thresholds: warnFrom(1, 2),
          showThresholds: true,
        }),
      ],
    },
    {
      title: "Use of resources",
      panels: [
        gauge({
          title: "CPU",
          description: "The busiest host.",
          queries: [promql("max(system_cpu_usage_percent)", "CPU")],
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: warnFrom(70, 85),
          width: 4,
          opens: { "Infrastructure Monitoring": "opssight-infrastructure" },
        }),
        gauge({
          title: "Memory",
          description: "The fullest host. Warning above 80 %, critical above 90 %.",
          queries: [promql("max(system_memory_usage_percent)", "memory")],
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: worseFrom(70, 80, 90),
          width: 4,
          opens: { "Infrastructure Monitoring": "opssight-infrastructure" },
        }),
        gauge({
          title: "Disk",
          description: "The fullest disk. Critical above 90 %.",
          queries: [promql("max(system_disk_usage_percent)", "disk")],
          unit: "percent",
          min: 0,
          max: 100,
          thresholds: worseFrom(75, 85, 90),
          width: 4,
          opens: { "Infrastructure Monitoring": "opssight-infrastructure" },
        }),
        counts({
          title: "Events by severity",
          description: "All events of the platform, by severity.",
          queries: [sql("events-by-severity", "timeseries")],
          unit: "short",
          height: 6,
        }),
        logs({
          title: "Errors",
          description: "The newest lines of the level error.",
          queries: [logql(`{service_name=~".+"} | detected_level=~"error|critical|fatal"`)],
        }),
      ],
    },
  ],
};
