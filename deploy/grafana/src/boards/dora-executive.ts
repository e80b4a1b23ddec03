import type { Board } from "../board.ts";
import { counts, gauge, graph, stat } from "../panels.ts";
import { promql, promqlNow, sql } from "../query.ts";
import { betterFrom, NONE_IS_GOOD, worseFrom } from "../thresholds.ts";
import { doraEnvironment, doraPrefix, inEnvironment } from "./dora-variables.ts";

const deployments = `sum(\${prefix}deployments_per_day{${inEnvironment}})`;
const leadTime = `avg(\${prefix}lead_time_hours{${inEnvironment}})`;
const failures = `avg(\${prefix}change_failure_rate{${inEnvironment}})`;
const restore = `avg(\${prefix}mttr_hours{${inEnvironment}})`;
const DAY = 24;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;

/** The four key metrics of software delivery, for those who lead. */
export const doraExecutive: Board = {
  folder: "dora-compliance",
  file: "executive",
  uid: "dora-executive",
  title: "DORA Compliance Executive View",
  description: "How often we deploy, how long a change takes, how many changes fail, and how fast service is restored.",
  tags: ["dora", "executive"],
  refresh: "5m",
  from: "now-24h",
  variables: [doraEnvironment, doraPrefix],
  rows: [
    {
      title: "Four key metrics",
      panels: [
        stat({
          title: "Deployment Frequency",
          description: "Deployments a day. The target is 10.",
          queries: [promql(deployments, "deployments")],
          unit: "suffix: a day",
          decimals: 1,
          height: 6,
          thresholds: betterFrom(5, 10),
        }),
        gauge({
          title: "Lead Time for Changes",
          description:
            "Hours from a commit until it runs in production: green within a day, yellow within a week, orange within a month.",
          queries: [promql(leadTime, "lead time")],
          unit: "h",
          min: 0,
          max: MONTH + WEEK,
          thresholds: worseFrom(DAY, WEEK, MONTH),
        }),
        stat({
          title: "Change Failure Rate",
          description: "How many of a hundred changes fail in production. Elite teams stay at or below 5.",
          queries: [promql(failures, "failed changes")],
          unit: "percent",
          decimals: 1,
          height: 6,
          thresholds: worseFrom(5, 15, 30),
        }),
        gauge({
          title: "Time to Restore Service",
          description:
            "Hours until service is restored: green within an hour, yellow within a day, orange within a week.",
          queries: [promql(restore, "time to restore")],
          unit: "h",
          min: 0,
          max: WEEK + DAY,
          thresholds: worseFrom(1, DAY, WEEK),
        }),
      ],
    },
    {
      title: "Where they are going",
      panels: [
        graph({
          title: "Deployment frequency",
          description: "Deployments a day, by environment. The line is the target.",
          queries: [
            promql(`sum by (environment) (\${prefix}deployments_per_day{${inEnvironment}})`, "{{environment}}"),
          ],
          unit: "short",
          min: 0,
          thresholds: betterFrom(5, 10),
          showThresholds: true,
        }),
        graph({
          title: "Lead time",
          description: "Hours from a commit until it runs in production.",
          queries: [promql(`avg by (environment) (\${prefix}lead_time_hours{${inEnvironment}})`, "{{environment}}")],
          unit: "h",
          min: 0,
        }),
        graph({
          title: "Change failure rate",
          description: "How many of a hundred changes fail.",
          queries: [
            promql(`avg by (environment) (\${prefix}change_failure_rate{${inEnvironment}})`, "{{environment}}"),
          ],
          unit: "percent",
          min: 0,
        }),
        graph({
          title: "Time to restore",
          description: "Hours until service is restored.",
          queries: [promql(`avg by (environment) (\${prefix}mttr_hours{${inEnvironment}})`, "{{environment}}")],
          unit: "h",
          min: 0,
        }),
      ],
    },
    {
      title: "Compliance",
      panels: [
        stat({
          title: "Compliance violations",
          description: "Violations in the range that is shown.",
          queries: [promqlNow(`sum(increase(\${prefix}compliance_violations[$__range]))`, "violations")],
          unit: "short",
          decimals: 0,
          thresholds: NONE_IS_GOOD,
          opens: { Compliance: "dora-compliance" },
        }),
        stat({
          title: "Security incidents",
          description: "Incidents in the range that is shown.",
          queries: [promqlNow(`sum(increase(\${prefix}security_incidents[$__range]))`, "incidents")],
          unit: "short",
          decimals: 0,
          thresholds: NONE_IS_GOOD,
          opens: { Compliance: "dora-compliance" },
        }),
        counts({
          title: "Events by severity",
          description: "All events of the platform, by severity.",
          queries: [sql("events-by-severity", "timeseries")],
          unit: "short",
        }),
      ],
    },
  ],
};
