import type { Board } from "../board.ts";
import { counts, graph, logs, stat, table } from "../panels.ts";
import { logql, promql, promqlNow, promqlTable, sql } from "../query.ts";
import { NONE_IS_GOOD, warnFrom } from "../thresholds.ts";

/** Attempts, refusals and incidents. */
export const opssightSecurity: Board = {
  folder: "opssight",
  file: "security",
  uid: "opssight-security",
  title: "Security Dashboard",
  description: "Security events over time, failed sign-ins, blocked addresses, rate limits and incidents.",
  tags: ["opssight", "security"],
  refresh: "1m",
  from: "now-24h",
  variables: [],
  rows: [
    {
      title: "Now",
      panels: [
        stat({
          title: "Failed sign-ins",
          description: "In the last hour.",
          queries: [promql("sum(increase(security_failed_logins_total[1h]))", "failed")],
          unit: "short",
          decimals: 0,
          thresholds: warnFrom(50, 200),
        }),
        stat({
          title: "Blocked addresses",
          description: "Addresses that are blocked now.",
          queries: [promql("sum(security_blocked_ips_count)", "blocked")],
          unit: "short",
          thresholds: warnFrom(10, 100),
        }),
        stat({
          title: "Rate limits exceeded",
          description: "In the last hour.",
          queries: [promql("sum(increase(security_rate_limit_violations_total[1h]))", "exceeded")],
          unit: "short",
          decimals: 0,
          thresholds: warnFrom(100, 1000),
        }),
        stat({
          title: "Critical events",
          description: "Security events of the severity critical in the range.",
          queries: [promqlNow(`sum(increase(security_events_total{severity="critical"}[$__range]))`, "critical")],
          unit: "short",
          decimals: 0,
          thresholds: NONE_IS_GOOD,
        }),
      ],
    },
    {
      title: "Security events",
      panels: [
        counts({
          title: "Timeline",
          description: "Security events by type.",
          queries: [promql("sum by (event_type) (increase(security_events_total[$__interval]))", "{{event_type}}")],
          unit: "short",
          width: 24,
        }),
        table({
          title: "Incidents",
          description: "The newest security events that the platform recorded.",
          queries: [sql("security-incidents", "table")],
          width: 16,
        }),
        table({
          title: "Addresses",
          description: "Where security events come from, most of them first.",
          queries: [sql("security-addresses", "table")],
          width: 8,
        }),
      ],
    },
    {
      title: "Who gets in",
      panels: [
        graph({
          title: "Sign-in attempts",
          description: "Attempts a minute by method and result.",
          queries: [
            promql(
              "60 * sum by (method, result) (rate(security_auth_attempts_total[$__rate_interval]))",
              "{{method}} {{result}}",
            ),
          ],
          unit: "opm",
          stacked: true,
        }),
        graph({
          title: "Failed sign-ins",
          description: "Failures a minute by their reason. A spike is somebody trying.",
          queries: [
            promql("60 * sum by (reason) (rate(security_failed_logins_total[$__rate_interval]))", "{{reason}}"),
          ],
          unit: "opm",
          stacked: true,
        }),
        graph({
          title: "Rate limits exceeded",
          description: "Violations a minute by endpoint.",
          queries: [
            promql(
              "60 * sum by (endpoint, limit_type) (rate(security_rate_limit_violations_total[$__rate_interval]))",
              "{{endpoint}} {{limit_type}}",
            ),
          ],
          unit: "opm",
        }),
        table({
          title: "Refused input",
          description: "Input that validation refused in the range, by kind and endpoint.",
          queries: [
            promqlTable(
              "sort_desc(sum by (validation_type, endpoint) (increase(security_input_validation_failures_total[$__range])))",
            ),
          ],
          columns: { validation_type: "Validation", endpoint: "Endpoint", Value: "Refused" },
          without: ["Time"],
        }),
      ],
    },
    {
      title: "Lines",
      panels: [
        logs({
          title: "Security log",
          description: "Log lines of the category security.",
          queries: [logql(`{service_name=~".+"} | json | category="security"`)],
        }),
      ],
    },
  ],
};
