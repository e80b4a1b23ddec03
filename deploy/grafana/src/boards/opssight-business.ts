import type { Board } from "../board.ts";
import { bars, counts, graph, stat } from "../panels.ts";
import { promql, promqlNow } from "../query.ts";
import { betterFrom, warnFrom } from "../thresholds.ts";
import { opssightEnvironment } from "./opssight-variables.ts";

const here = `environment=~"$environment"`;

/** Users, pipelines, deployments and integrations. */
export const opssightBusiness: Board = {
  folder: "opssight",
  file: "business-metrics",
  uid: "opssight-business",
  title: "Business Metrics",
  description: "What people do, how pipelines and deployments go, and how well other systems answer.",
  tags: ["opssight", "business"],
  refresh: "5m",
  from: "now-24h",
  variables: [opssightEnvironment],
  rows: [
    {
      title: "Users",
      panels: [
        ...[
          ["1h", "hour"],
          ["1d", "day"],
          ["1w", "week"],
        ].map(([window, name]) =>
          stat({
            title: `Active within a ${name}`,
            description: `People who did something within a ${name}.`,
            queries: [promql(`sum(business_active_users{time_window="${window}"})`, "users")],
            unit: "short",
            decimals: 0,
          }),
        ),
        stat({
          title: "Sessions",
          description: "Sessions that are open.",
          queries: [promql("sum(business_user_sessions_active)", "sessions")],
          unit: "short",
          decimals: 0,
        }),
        graph({
          title: "What people do",
          description: "Actions a minute by what they are.",
          queries: [
            promql(
              "60 * sum by (action_type) (rate(business_user_actions_total[$__rate_interval]))",
              "{{action_type}}",
            ),
          ],
          unit: "opm",
          stacked: true,
        }),
        bars({
          title: "Who does it",
          description: "Actions in the range by role.",
          queries: [promqlNow("sum by (user_role) (increase(business_user_actions_total[$__range]))", "{{user_role}}")],
          unit: "short",
          decimals: 0,
          width: 12,
        }),
      ],
    },
    {
      title: "Pipelines",
      panels: [
        counts({
          title: "Executions",
          description: "Pipelines that ended, by how.",
          queries: [
            promql(
              `sum by (status) (increase(business_pipeline_executions_total{${here}}[$__interval]))`,
              "{{status}}",
            ),
          ],
          unit: "short",
          width: 8,
          height: 8,
        }),
        graph({
          title: "Duration, P95",
          description: "95 of 100 pipelines are faster.",
          queries: [
            promql(
              `histogram_quantile(0.95, sum by (pipeline_type, le) (rate(business_pipeline_duration_seconds_bucket{${here}}[$__rate_interval])))`,
              "{{pipeline_type}}",
            ),
          ],
          unit: "s",
          width: 8,
        }),
        graph({
          title: "Waiting",
          description: "Pipelines that wait for their turn, by priority.",
          queries: [promql("sum by (priority) (business_pipeline_queue_size)", "{{priority}}")],
          unit: "short",
          stacked: true,
          width: 8,
        }),
      ],
    },
    {
      title: "Deployments",
      panels: [
        stat({
          title: "Deployments a day",
          description: "In the chosen environments.",
          queries: [promql(`sum(business_deployment_frequency_per_day{${here}})`, "deployments")],
          unit: "short",
          decimals: 1,
          thresholds: betterFrom(1, 10),
          height: 8,
        }),
        stat({
          title: "Deployments that succeed",
          description: "The share in the range.",
          queries: [
            promqlNow(
              `sum(increase(business_deployments_total{${here}, status="success"}[$__range])) / sum(increase(business_deployments_total{${here}}[$__range]))`,
              "successful",
            ),
          ],
          unit: "percentunit",
          decimals: 1,
          thresholds: betterFrom(0.85, 0.95),
          height: 8,
        }),
        counts({
          title: "Deployments",
          description: "Deployments by environment and how they ended.",
          queries: [
            promql(
              `sum by (environment, status) (increase(business_deployments_total{${here}}[$__interval]))`,
              "{{environment}} {{status}}",
            ),
          ],
          unit: "short",
          height: 8,
        }),
      ],
    },
    {
      title: "Integrations",
      panels: [
        graph({
          title: "Calls that fail",
          description: "The share of calls of another system that fail.",
          queries: [
            promql(
              `sum by (service) (rate(business_integration_calls_total{status!="success"}[$__rate_interval])) / sum by (service) (rate(business_integration_calls_total[$__rate_interval]))`,
              "{{service}}",
            ),
          ],
          unit: "percentunit",
          min: 0,
          thresholds: warnFrom(0.01, 0.05),
          showThresholds: true,
        }),
        graph({
          title: "Latency, P95",
          description: "95 of 100 calls are faster.",
          queries: [
            promql(
              "histogram_quantile(0.95, sum by (service, le) (rate(business_integration_latency_seconds_bucket[$__rate_interval])))",
              "{{service}}",
            ),
          ],
          unit: "s",
        }),
      ],
    },
  ],
};
