import { Select } from "@mantine/core";
import { IconServer2 } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { metricQuery } from "../../api/metrics.ts";
import type { MetricAnswer } from "../../api/types.ts";
import { TimeChart } from "../../charts/time-chart.tsx";
import { SendOtlpHint } from "../../components/data-hints.tsx";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { colorOfIndex } from "../../format/palette.ts";
import { rangeOf, type TimeRange } from "../../time/time-range.ts";
import { useInterval } from "../../time/use-interval.ts";
import { useUrlState } from "../../url/use-url-state.ts";
import { type BoardChart, boardCharts, hostsOf, linesOf } from "./board-charts.ts";
import classes from "./host-board.module.css";

interface BoardProps {
  readonly range: TimeRange;
  readonly onZoom: (range: TimeRange) => void;
}

/** The host metrics, all charts over the same time with one cursor. */
export function HostBoard({ range, onZoom }: BoardProps) {
  const url = useUrlState();
  const host = url.get("host");
  const probe = useQuery(
    metricQuery(
      { metric: "system_cpu_usage_percent", match: [], function: "", aggregation: "", by: [], limit: 500 },
      range,
    ),
  );
  const { label, hosts } = useMemo(() => hostsOf(probe.data?.series ?? []), [probe.data]);
  const charts = useMemo(() => boardCharts(label, host), [label, host]);
  if (probe.isPending) return <SkeletonRows rows={10} />;
  if (probe.data === undefined) return <ErrorState error={probe.error} onRetry={() => void probe.refetch()} />;
  if (probe.data.series.length === 0) {
    return (
      <EmptyState icon={<IconServer2 size={34} stroke={1.4} aria-hidden />} title="No host metrics in this time">
        The collector sends them every few seconds while it runs. Widen the range, or see what else there is under{" "}
        <Link to="/metrics/explore">Explore</Link>.
        <SendOtlpHint />
      </EmptyState>
    );
  }
  return (
    <>
      {hosts.length > 1 ? (
        <Select
          className={classes.host ?? ""}
          aria-label="Host"
          placeholder={`All ${hosts.length} hosts`}
          clearable
          searchable
          data={[...hosts]}
          value={host === "" ? null : host}
          onChange={(value) => url.update({ host: value }, { push: true })}
        />
      ) : null}
      <div className={classes.board}>
        {charts.map((chart) => (
          <BoardPanel key={chart.title} chart={chart} range={range} onZoom={onZoom} />
        ))}
      </div>
    </>
  );
}

function BoardPanel({ chart, range, onZoom }: BoardProps & { chart: BoardChart }) {
  const answers = useQueries({
    queries: chart.lines.map(({ query }) => metricQuery(query, range)),
    combine: (results) => ({
      data: results.map((result) => result.data),
      updatedAt: Math.max(...results.map((result) => result.dataUpdatedAt)),
      pending: results.some((result) => result.isPending),
      error: results.find((result) => result.isError && result.data === undefined)?.error ?? null,
    }),
  });
  const interval = useInterval(range, answers.updatedAt);
  const { data } = answers;
  const series = useMemo(() => allLines(chart, data), [chart, data]);
  const first = chart.lines[0]?.query;
  return (
    <Panel title={chart.title} to={first === undefined ? undefined : explorerAddress(first, range)}>
      {answers.error !== null ? (
        <ErrorState compact error={answers.error} />
      ) : answers.pending ? (
        <SkeletonRows rows={5} />
      ) : (
        <TimeChart
          label={chart.title}
          series={series}
          interval={interval}
          format={chart.format}
          syncKey="hosts"
          max={chart.max}
          stacked={chart.stacked === true}
          binary={chart.binary === true}
          onZoom={(start, end) => onZoom(rangeOf(start, end))}
        />
      )}
    </Panel>
  );
}

/** The lines of all queries of a chart; those of several queries each get a colour of their own. */
function allLines(chart: BoardChart, data: readonly (MetricAnswer | undefined)[]) {
  const lines = chart.lines.flatMap((line, index) => linesOf(line, data[index]?.series ?? []));
  return chart.lines.length === 1 ? lines : lines.map((line, index) => ({ ...line, color: colorOfIndex(index) }));
}

function explorerAddress(query: BoardChart["lines"][number]["query"], range: TimeRange): string {
  const params = new URLSearchParams({ metric: query.metric, start: range.start });
  if (range.end !== "now") params.set("end", range.end);
  if (query.function !== "") params.set("fn", query.function);
  if (query.aggregation !== "" && query.by.length > 0) params.set("agg", query.aggregation);
  for (const label of query.by) params.append("by", label);
  return `/metrics/explore?${params}`;
}
