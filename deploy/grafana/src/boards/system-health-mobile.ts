import type { Board } from "../board.ts";
import { stat, table } from "../panels.ts";
import { promqlNow, sql } from "../query.ts";
import { betterFrom, warnFrom } from "../thresholds.ts";

/** A number at the end of the range, without its course: little to load. */
const figure = (spec: Parameters<typeof stat>[0]) => stat({ ...spec, width: 12, height: 3 });

/** The least that says whether to open a laptop. */
export const systemHealthMobile: Board = {
  folder: "sightline",
  file: "system-health-mobile",
  uid: "sightline-system-health-mobile",
  title: "System Health, for phones",
  description: "Six numbers and the newest warnings: single values, little data, asked for every five minutes.",
  tags: ["sightline", "mobile"],
  refresh: "5m",
  from: "now-1h",
  variables: [],
  rows: [
    {
      title: "Now",
      panels: [
        figure({
          title: "Health",
          description: "The mean of what components last said of themselves: 100 is well.",
          queries: [sql("health-score", "table")],
          unit: "short",
          decimals: 0,
          thresholds: betterFrom(60, 85),
        }),
        figure({
          title: "Up",
          description: "The share of scraped targets that answer.",
          queries: [promqlNow("avg(up)", "up")],
          unit: "percentunit",
          thresholds: betterFrom(0.9, 1),
        }),
        figure({
          title: "Errors",
          description: "The share of requests that ended with 5xx.",
          queries: [
            promqlNow(
              `(sum(rate(http_requests_total{status=~"5.."}[5m])) or vector(0)) / sum(rate(http_requests_total[5m]))`,
              "errors",
            ),
          ],
          unit: "percentunit",
          decimals: 2,
          thresholds: warnFrom(0.01, 0.05),
        }),
        figure({
          title: "P95",
          description: "95 of 100 requests are faster.",
          queries: [
            promqlNow("histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", "P95"),
          ],
          unit: "s",
          thresholds: warnFrom(1, 2),
        }),
        figure({
          title: "CPU",
          description: "The busiest host.",
          queries: [promqlNow("max(system_cpu_usage_percent)", "CPU")],
          unit: "percent",
          thresholds: warnFrom(70, 85),
        }),
        figure({
          title: "Disk",
          description: "The fullest disk.",
          queries: [promqlNow("max(system_disk_usage_percent)", "disk")],
          unit: "percent",
          thresholds: warnFrom(80, 90),
        }),
        table({
          title: "Warnings",
          description: "The newest events of warning and worse.",
          queries: [sql("newest-warnings", "table")],
          width: 24,
          height: 7,
        }),
      ],
    },
  ],
};
