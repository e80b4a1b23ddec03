import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Rule } from "../../api/alert-types.ts";
import { metricQuery } from "../../api/metrics.ts";
import { seriesOf } from "../../charts/metric-series.ts";
import { TimeChart } from "../../charts/time-chart.tsx";
import { ErrorState } from "../../components/states.tsx";
import { formatOfMetric, isBytesMetric } from "../../format/unit.ts";
import { useInterval } from "../../time/use-interval.ts";
import classes from "./rule-editor.module.css";

const range = { start: "-6h", end: "now" } as const;
const maxSeries = 8;

/** How the value has been, with the threshold: would the rule have fired? */
export function RulePreview({ condition }: { condition: NonNullable<Rule["metric"]> }) {
  const { query, threshold } = condition;
  const answer = useQuery(
    metricQuery(
      {
        metric: query.metric,
        match: query.matchers,
        function: query.function ?? "",
        aggregation: query.aggregation ?? "",
        by: query.groupBy,
        ...(query.windowSeconds > 0 ? { windowSeconds: query.windowSeconds } : {}),
        limit: maxSeries,
      },
      range,
    ),
  );
  const interval = useInterval(range, answer.dataUpdatedAt);
  const series = useMemo(() => {
    const { startMs, endMs } = interval;
    const line = {
      label: "threshold",
      color: "var(--critical)",
      points: [
        [startMs, threshold],
        [endMs, threshold],
      ] as const,
    };
    return [...seriesOf(answer.data?.series ?? [], query.metric), line];
  }, [answer.data, query.metric, threshold, interval]);
  if (query.metric === "") return null;
  const isRate = query.function === "rate";
  return (
    <div className={classes.preview}>
      <h3>The last 6 hours</h3>
      {answer.isError ? (
        <ErrorState compact error={answer.error} />
      ) : (
        <TimeChart
          label={`${query.metric} with the threshold`}
          series={series}
          interval={interval}
          format={formatOfMetric(query.metric, "", isRate)}
          binary={isBytesMetric(query.metric, "")}
          height={170}
        />
      )}
    </div>
  );
}
