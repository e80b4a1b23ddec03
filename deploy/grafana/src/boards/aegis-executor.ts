import type { Board } from "../board.ts";
import { bars, graph, heatmap, logs, stat, traces } from "../panels.ts";
import { logql, promql, promqlBuckets, promqlNow, traceql } from "../query.ts";
import { betterFrom, warnFrom } from "../thresholds.ts";
import { optionalLabelVariable } from "../variable.ts";

const action = `action=~"$action"`;
const all = `rate(executor_actions_total{${action}}[5m])`;
const completed = `rate(executor_actions_total{${action}, status="completed"}[5m])`;
const duration = `rate(executor_action_duration_seconds_bucket{${action}}[5m])`;

/** What is done to Kubernetes, and how often that succeeds. */
export const aegisExecutor: Board = {
  folder: "aegis",
  file: "executor",
  uid: "aegis-executor",
  title: "Executor",
  description: "Actions on Kubernetes: how many, how long, how many of them are completed.",
  tags: ["aegis", "executor"],
  refresh: "30s",
  from: "now-6h",
  variables: [optionalLabelVariable("action", "Action", "executor_actions_total")],
  rows: [
    {
      title: "Now",
      panels: [
        stat({
          title: "Actions",
          description: "Actions a minute.",
          queries: [promql(`60 * sum(${all})`, "actions")],
          unit: "opm",
        }),
        stat({
          title: "Success rate",
          description: "The share of actions that are completed. HighExecutorFailureRate fires below 80 %.",
          queries: [promql(`sum(${completed}) / sum(${all})`, "completed")],
          unit: "percentunit",
          decimals: 1,
          thresholds: betterFrom(0.8, 0.95),
        }),
        stat({
          title: "Duration, P95",
          description: "95 of 100 actions are faster.",
          queries: [promql(`histogram_quantile(0.95, sum by (le) (${duration}))`, "P95")],
          unit: "s",
          thresholds: warnFrom(30, 60),
        }),
        stat({
          title: "Kubernetes calls",
          description: "Calls of the Kubernetes API a second.",
          queries: [promql("sum(rate(executor_k8s_api_calls_total[5m]))", "calls")],
          unit: "reqps",
        }),
      ],
    },
    {
      title: "Actions",
      panels: [
        graph({
          title: "Actions by status",
          description: "Actions a second by how they ended.",
          queries: [
            promql(`sum by (status) (rate(executor_actions_total{${action}}[$__rate_interval]))`, "{{status}}"),
          ],
          unit: "ops",
          stacked: true,
        }),
        graph({
          title: "Success rate by action",
          description:
            "The share of each kind of action that is completed. The line is where HighExecutorFailureRate fires.",
          queries: [promql(`sum by (action) (${completed}) / sum by (action) (${all})`, "{{action}}")],
          unit: "percentunit",
          min: 0,
          max: 1,
          thresholds: betterFrom(0.8, 0.95),
          showThresholds: true,
        }),
        heatmap({
          title: "How long actions take",
          description: "How many actions took how long.",
          queries: [
            promqlBuckets(`sum by (le) (increase(executor_action_duration_seconds_bucket{${action}}[$__interval]))`),
          ],
          unit: "s",
        }),
        bars({
          title: "Failures in the range",
          description: "How many actions failed in all that is shown, by kind.",
          queries: [
            promqlNow(
              `sort_desc(sum by (action) (increase(executor_actions_total{${action}, status="failed"}[$__range])))`,
              "{{action}}",
            ),
          ],
          unit: "short",
          decimals: 0,
          thresholds: warnFrom(10, 100),
          width: 12,
        }),
      ],
    },
    {
      title: "Policies and Kubernetes",
      panels: [
        graph({
          title: "Policy checks",
          description: "Checks a second by their result: what is denied is not done.",
          queries: [promql("sum by (result) (rate(executor_policy_checks_total[$__rate_interval]))", "{{result}}")],
          unit: "ops",
          stacked: true,
        }),
        graph({
          title: "Kubernetes API calls",
          description: "Calls a second by what they do to what.",
          queries: [
            promql(
              "sum by (verb, resource) (rate(executor_k8s_api_calls_total[$__rate_interval]))",
              "{{verb}} {{resource}}",
            ),
          ],
          unit: "reqps",
        }),
        traces({
          title: "Failed actions",
          description: "Traces of the executor with an error in them. The id opens the trace.",
          queries: [traceql(`{ resource.service.name = "aegis-executor" && status = error }`)],
          width: 24,
        }),
        logs({
          title: "Lines of the executor",
          description: "What the executor wrote, newest first.",
          queries: [logql(`{job="aegis-executor"}`)],
        }),
      ],
    },
  ],
};
