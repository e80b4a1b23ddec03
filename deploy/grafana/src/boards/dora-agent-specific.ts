import type { Board } from "../board.ts";
import { bars, graph, logs, stat, table, traces } from "../panels.ts";
import { logql, promql, promqlNow, sql, traceql } from "../query.ts";
import { betterFrom } from "../thresholds.ts";
import { optionalLabelVariable } from "../variable.ts";
import { doraPrefix } from "./dora-variables.ts";

const agent = `agent_id=~"$agent_id"`;
const named = (metric: string) => `\${prefix}${metric}{${agent}}`;

/** How single agents behave. */
export const doraAgentSpecific: Board = {
  folder: "dora-compliance",
  file: "agent-specific",
  uid: "dora-agent-specific",
  title: "Agents",
  description: "What each agent gets done, how available, right and fast it is, and its traces and lines.",
  tags: ["dora", "agents"],
  refresh: "1m",
  from: "now-3h",
  variables: [optionalLabelVariable("agent_id", "Agent", "task_completion_rate"), doraPrefix],
  rows: [
    {
      title: "Now",
      panels: [
        stat({
          title: "Tasks completed",
          description: "The share of tasks that agents complete, on average.",
          queries: [promql(`avg(${named("task_completion_rate")})`, "completed")],
          unit: "percentunit",
          decimals: 1,
          thresholds: betterFrom(0.8, 0.95),
        }),
        stat({
          title: "Availability",
          description: "The share of time in which agents can be reached, on average.",
          queries: [promql(`avg(${named("agent_availability")})`, "available")],
          unit: "percentunit",
          decimals: 2,
          thresholds: betterFrom(0.95, 0.99),
        }),
        stat({
          title: "Accuracy",
          description: "How often analyses are right, on average.",
          queries: [promql(`avg(${named("analysis_accuracy")})`, "accurate")],
          unit: "percentunit",
          decimals: 1,
          thresholds: betterFrom(0.8, 0.9),
        }),
        stat({
          title: "Processing time",
          description: "Seconds that a task takes, on average.",
          queries: [promql(`avg(${named("processing_time")})`, "processing")],
          unit: "s",
        }),
      ],
    },
    {
      title: "By agent",
      panels: [
        bars({
          title: "Least completed",
          description: "The ten agents that complete the smallest share of their tasks.",
          queries: [promqlNow(`bottomk(10, ${named("task_completion_rate")})`, "{{agent_id}}")],
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: betterFrom(0.8, 0.95),
        }),
        graph({
          title: "Availability",
          description: "Whether agents can be reached.",
          queries: [promql(`avg by (agent_id) (${named("agent_availability")})`, "{{agent_id}}")],
          unit: "percentunit",
          max: 1,
          width: 16,
        }),
        graph({
          title: "Accuracy of analyses",
          description: "How often analyses are right.",
          queries: [promql(`avg by (agent_id) (${named("analysis_accuracy")})`, "{{agent_id}}")],
          unit: "percentunit",
          max: 1,
        }),
        graph({
          title: "Workflow duration, P95",
          description: "95 of 100 workflows of an agent are faster.",
          queries: [
            promql(
              `histogram_quantile(0.95, sum by (agent_id, le) (rate(\${prefix}workflow_duration_seconds_bucket{${agent}}[$__rate_interval])))`,
              "{{agent_id}}",
            ),
          ],
          unit: "s",
        }),
      ],
    },
    {
      title: "What they did",
      panels: [
        traces({
          title: "Traces of agents",
          description: "Workflows that agents carried out. The id opens the trace.",
          queries: [traceql(`{ span.agent_type != "" }`)],
        }),
        table({
          title: "Operations by agent type",
          description: "How often each type of agent did what, how long it took and how much of it failed.",
          queries: [sql("agent-operations", "table")],
          units: { "Mean time": "ms", Failed: "percentunit" },
        }),
        logs({
          title: "Workflows that failed",
          description: "Lines that tell of failed workflows.",
          queries: [logql(`{service_name=~".+"} |= "workflow_failed"`)],
        }),
      ],
    },
  ],
};
