import type { Board } from "../board.ts";
import { counts, graph, logs, stat, table } from "../panels.ts";
import { logql, promql, promqlNow, sql } from "../query.ts";
import { NONE_IS_GOOD, warnFrom } from "../thresholds.ts";
import { doraEnvironment, doraPrefix, inEnvironment } from "./dora-variables.ts";

const named = (metric: string) => `\${prefix}${metric}{${inEnvironment}}`;

/** What an auditor asks for. */
export const doraCompliance: Board = {
  folder: "dora-compliance",
  file: "compliance",
  uid: "dora-compliance",
  title: "Compliance",
  description: "Violations, incidents, who was let in and who was not, and the audit trail.",
  tags: ["dora", "compliance"],
  refresh: "5m",
  from: "now-24h",
  variables: [doraEnvironment, doraPrefix],
  rows: [
    {
      title: "In the range",
      panels: [
        stat({
          title: "Compliance violations",
          description: "Every one is to be explained.",
          queries: [promqlNow(`sum(increase(${named("compliance_violations")}[$__range]))`, "violations")],
          unit: "short",
          decimals: 0,
          thresholds: NONE_IS_GOOD,
        }),
        stat({
          title: "Security incidents",
          description: "Every one is to be explained.",
          queries: [promqlNow(`sum(increase(${named("security_incidents")}[$__range]))`, "incidents")],
          unit: "short",
          decimals: 0,
          thresholds: NONE_IS_GOOD,
        }),
        stat({
          title: "Authorization failures",
          description: "Attempts to do what one may not.",
          queries: [promqlNow(`sum(increase(${named("authorization_failures")}[$__range]))`, "failures")],
          unit: "short",
          decimals: 0,
          thresholds: warnFrom(50, 500),
        }),
        stat({
          title: "Authentication attempts",
          description: "Attempts to sign in.",
          queries: [promqlNow(`sum(increase(${named("authentication_attempts")}[$__range]))`, "attempts")],
          unit: "short",
          decimals: 0,
        }),
      ],
    },
    {
      title: "Over time",
      panels: [
        graph({
          title: "Sign-in and refusal",
          description: "Attempts to sign in, and attempts to do what one may not, a minute.",
          queries: [
            promql(`60 * sum(rate(${named("authentication_attempts")}[$__rate_interval]))`, "authentication"),
            promql(`60 * sum(rate(${named("authorization_failures")}[$__rate_interval]))`, "refused authorization"),
          ],
          unit: "opm",
        }),
        counts({
          title: "Events of security, compliance and audit",
          description: "Events of these categories.",
          queries: [sql("compliance-events", "timeseries")],
          unit: "short",
          height: 8,
        }),
      ],
    },
    {
      title: "Audit trail",
      panels: [
        table({
          title: "Audit events",
          description: "Who did what to what, newest first.",
          queries: [sql("audit-trail", "table")],
          width: 24,
        }),
        logs({
          title: "Audit lines",
          description: "Log lines of the category audit.",
          queries: [logql(`{service_name=~".+"} | json | category="audit"`)],
        }),
      ],
    },
  ],
};
