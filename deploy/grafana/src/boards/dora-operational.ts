import type { Board } from "../board.ts";
import { bars, graph, spread, stat } from "../panels.ts";
import { promql, promqlBucketsNow } from "../query.ts";
import { betterFrom, warnFrom } from "../thresholds.ts";
import { doraEnvironment, doraPrefix, inEnvironment } from "./dora-variables.ts";

const named = (metric: string) => `\${prefix}${metric}{${inEnvironment}}`;
const responses = `sum by (le) (rate(\${prefix}response_time_seconds_bucket{${inEnvironment}}[$__rate_interval]))`;

/** The platform as those see it who keep it running. */
export const doraOperational: Board = {
  folder: "dora-compliance",
  file: "operational",
  uid: "dora-operational",
  title: "System Operations",
  description: "Health of the systems, workflows, errors and response times as they are now.",
  tags: ["dora", "operations"],
  refresh: "30s",
  from: "now-3h",
  variables: [doraEnvironment, doraPrefix],
  rows: [
    {
      title: "System health",
      panels: [
        spread({
          title: "System Health",
          description:
            "CPU, memory and disk of all systems: how many of them are at which usage, in steps of 10 %. Dark cells near the top are trouble.",
          queries: [
            promql(named("cpu_usage"), "CPU {{instance}}"),
            promql(named("memory_usage"), "memory {{instance}}"),
            promql(named("disk_usage"), "disk {{instance}}"),
          ],
          unit: "percent",
          min: 0,
          max: 100,
          cell: 10,
        }),
        graph({
          title: "Active Workflows",
          description: "Workflows that run, over the last hour.",
          queries: [promql(`sum(${named("workflows_active")})`, "active")],
          unit: "short",
          min: 0,
          timeFrom: "1h",
        }),
        graph({
          title: "Error Rates",
          description: "Failures of the server (5xx) and mistakes of callers (4xx), over the last 24 hours.",
          queries: [promql(`sum(${named("error_rate_5xx")})`, "5xx"), promql(`sum(${named("error_rate_4xx")})`, "4xx")],
          unit: "percent",
          min: 0,
          timeFrom: "24h",
          thresholds: warnFrom(1, 5),
          showThresholds: true,
        }),
        bars({
          title: "Response Times",
          description: "How many responses in the range took up to 0.1, 0.5, 1, 5 and 10 seconds.",
          queries: [
            promqlBucketsNow(
              `sum by (le) (increase(\${prefix}response_time_seconds_bucket{${inEnvironment}}[$__range]))`,
            ),
          ],
          unit: "short",
          decimals: 0,
          width: 12,
        }),
      ],
    },
    {
      title: "Workflows",
      panels: [
        stat({
          title: "Completed",
          description: "Workflows completed a minute.",
          queries: [promql(`60 * sum(rate(${named("workflows_completed")}[$__rate_interval]))`, "completed")],
          unit: "opm",
        }),
        stat({
          title: "Failing",
          description: "The share of workflows that fail. workflow_failure_rate fires above 5 %.",
          queries: [promql(`avg(${named("workflow_error_rate")})`, "failing")],
          unit: "percentunit",
          decimals: 1,
          thresholds: warnFrom(0.02, 0.05),
        }),
        stat({
          title: "Allocations that succeed",
          description: "The share of resource allocations that succeed.",
          queries: [promql(`avg(${named("allocation_success_rate")})`, "succeeding")],
          unit: "percentunit",
          decimals: 1,
          thresholds: betterFrom(0.9, 0.98),
        }),
        stat({
          title: "Quota used",
          description: "The quota that is nearest to its end.",
          queries: [promql(`max(${named("quota_usage_percentage")})`, "quota")],
          unit: "percent",
          thresholds: warnFrom(80, 95),
        }),
        graph({
          title: "Workflow duration",
          description: "Half and 95 of 100 workflows are faster.",
          queries: [0.5, 0.95].map((share) =>
            promql(
              `histogram_quantile(${share}, sum by (le) (rate(\${prefix}workflow_duration_seconds_bucket{${inEnvironment}}[$__rate_interval])))`,
              `P${share * 100}`,
            ),
          ),
          unit: "s",
        }),
        graph({
          title: "Response times",
          description: "Half, 95 and 99 of 100 responses are faster.",
          queries: [0.5, 0.95, 0.99].map((share) =>
            promql(`histogram_quantile(${share}, ${responses})`, `P${share * 100}`),
          ),
          unit: "s",
        }),
      ],
    },
    {
      title: "Communication and resources",
      panels: [
        graph({
          title: "Messages",
          description: "Messages sent and received a second. What is sent and not received is lost or late.",
          queries: [
            promql(`sum(rate(${named("messages_sent_total")}[$__rate_interval]))`, "sent"),
            promql(`sum(rate(${named("messages_received_total")}[$__rate_interval]))`, "received"),
          ],
          unit: "ops",
          width: 8,
        }),
        graph({
          title: "Message latency, P95",
          description: "95 of 100 messages are faster.",
          queries: [
            promql(
              `histogram_quantile(0.95, sum by (le) (rate(\${prefix}message_latency_seconds_bucket{${inEnvironment}}[$__rate_interval])))`,
              "P95",
            ),
          ],
          unit: "s",
          width: 8,
        }),
        graph({
          title: "Allocations",
          description: "Resource allocations that are held, and connections in pools.",
          queries: [
            promql(`sum(${named("allocations_active")})`, "allocations"),
            promql(`sum(${named("connection_pool_size")})`, "pooled connections"),
          ],
          unit: "short",
          width: 8,
        }),
      ],
    },
  ],
};
