import { MultiSelect, NumberInput, Select, TagsInput } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { AGGREGATIONS, type MetricQuery, metricListQuery, metricQuery, SERIES_FUNCTIONS } from "../../api/metrics.ts";
import type { MetricInfo } from "../../api/types.ts";
import { seriesOf } from "../../charts/metric-series.ts";
import { TimeChart } from "../../charts/time-chart.tsx";
import { SendOtlpHint } from "../../components/data-hints.tsx";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { plainLine } from "../../format/plain-text.ts";
import { formatOfMetric, isBytesMetric } from "../../format/unit.ts";
import { rangeOf, type TimeRange } from "../../time/time-range.ts";
import { useInterval } from "../../time/use-interval.ts";
import { type UrlState, useUrlState } from "../../url/use-url-state.ts";
import classes from "./explorer.module.css";
import { SeriesList } from "./series-list.tsx";

const maxSeries = 50;

/** Any metric: how its series have been, what a function makes of them, put together as one likes. */
export function Explorer({ range, onZoom }: { range: TimeRange; onZoom: (range: TimeRange) => void }) {
  const url = useUrlState();
  const metrics = useQuery(metricListQuery(range));
  const query = queryOf(url);
  const info = metrics.data?.find((metric) => metric.name === query.metric);
  if (metrics.isPending) return <SkeletonRows rows={8} />;
  if (metrics.data === undefined) return <ErrorState error={metrics.error} onRetry={() => void metrics.refetch()} />;
  if (metrics.data.length === 0 && query.metric === "") {
    return (
      <EmptyState icon={<IconChartLine size={34} stroke={1.4} aria-hidden />} title="No metric in this time">
        <SendOtlpHint />
      </EmptyState>
    );
  }
  return (
    <>
      <Controls url={url} query={query} metrics={metrics.data} info={info} />
      {query.metric === "" ? (
        <EmptyState icon={<IconChartLine size={34} stroke={1.4} aria-hidden />} title="Choose a metric">
          {metrics.data.length} metrics have values in this time.
        </EmptyState>
      ) : (
        <Result query={query} info={info} range={range} onZoom={onZoom} />
      )}
    </>
  );
}

/** The query in the address. */
function queryOf(url: UrlState): MetricQuery {
  const seconds = Number(url.get("window"));
  return {
    metric: url.get("metric"),
    match: url.all("match"),
    function: url.get("fn"),
    aggregation: url.get("agg"),
    by: url.get("agg") === "" ? [] : url.all("by"),
    limit: maxSeries,
    ...(seconds > 0 ? { windowSeconds: seconds } : {}),
  };
}

interface ControlsProps {
  readonly url: UrlState;
  readonly query: MetricQuery;
  readonly metrics: readonly MetricInfo[];
  readonly info: MetricInfo | undefined;
}

function Controls({ url, query, metrics, info }: ControlsProps) {
  const names = [...new Set([...metrics.map((metric) => metric.name), ...(query.metric === "" ? [] : [query.metric])])];
  const labels = [...new Set([...(info?.labelNames ?? []), ...query.by])];
  const choose = (metric: string | null) => {
    // A counter says little by its value: its rate is what one wants to see first.
    const isCounter = metrics.find(({ name }) => name === metric)?.type === "sum";
    url.update({ metric, fn: isCounter ? "rate" : null, match: null, by: null, agg: null }, { push: true });
  };
  return (
    <div className={classes.controls}>
      <Select
        className={classes.metric ?? ""}
        label="Metric"
        placeholder="Name of a metric"
        data-page-search
        searchable
        limit={200}
        data={names}
        value={query.metric === "" ? null : query.metric}
        nothingFoundMessage="No metric of that name in this time"
        onChange={choose}
      />
      <Select
        label="Function"
        placeholder="newest value"
        clearable
        data={[...SERIES_FUNCTIONS]}
        value={query.function === "" ? null : query.function}
        onChange={(value) => url.update({ fn: value }, { push: true })}
      />
      {query.function === "" ? null : (
        <NumberInput
          className={classes.window ?? ""}
          label="Window"
          suffix=" s"
          min={0}
          placeholder="by itself"
          value={query.windowSeconds ?? ""}
          onChange={(value) => url.update({ window: Number(value) > 0 ? String(value) : null })}
        />
      )}
      <Select
        label="Put together"
        placeholder="each series"
        clearable
        data={[...AGGREGATIONS]}
        value={query.aggregation === "" ? null : query.aggregation}
        onChange={(value) => url.update({ agg: value, ...(value === null ? { by: null } : {}) }, { push: true })}
      />
      {query.aggregation === "" ? null : (
        <MultiSelect
          label="Apart for each"
          placeholder={query.by.length > 0 ? "" : "label"}
          data={labels}
          value={[...query.by]}
          onChange={(value) => url.update({ by: value }, { push: true })}
        />
      )}
      <TagsInput
        className={classes.match ?? ""}
        label="Only where"
        placeholder={query.match.length > 0 ? "" : "label=value, label=~regex"}
        data={labels.map((label) => `${label}=`)}
        value={[...query.match]}
        onChange={(value) => url.update({ match: value }, { push: true })}
      />
    </div>
  );
}

function Result(props: {
  query: MetricQuery;
  info: MetricInfo | undefined;
  range: TimeRange;
  onZoom: (range: TimeRange) => void;
}) {
  const { query, info, range, onZoom } = props;
  const answer = useQuery(metricQuery(query, range));
  const interval = useInterval(range, answer.dataUpdatedAt);
  const [solo, setSolo] = useState<string | null>(null);
  const all = useMemo(() => seriesOf(answer.data?.series ?? [], query.metric), [answer.data, query.metric]);
  const shown = all.some(({ label }) => label === solo) ? all.filter(({ label }) => label === solo) : all;
  const format = formatOfMetric(query.metric, info?.unit ?? "", query.function === "rate");
  const total = answer.data?.totalSeries ?? 0;
  return (
    <Panel title={query.metric} note={noteOf(info)}>
      {answer.isError && answer.data === undefined ? (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      ) : answer.isPending ? (
        <SkeletonRows rows={8} />
      ) : all.length === 0 ? (
        <EmptyState compact title="No value in this time">
          Widen the range or take a condition away.
        </EmptyState>
      ) : (
        <>
          <TimeChart
            label={query.metric}
            series={shown}
            interval={interval}
            format={format}
            binary={isBytesMetric(query.metric, info?.unit ?? "")}
            height={320}
            withLegend={false}
            onZoom={(start, end) => onZoom(rangeOf(start, end))}
          />
          <SeriesList series={all} solo={solo} onSolo={setSolo} format={format} />
          {total > all.length ? (
            <p className="dim">
              The {all.length} highest of {total} series; put series together to see all.
            </p>
          ) : null}
        </>
      )}
    </Panel>
  );
}

function noteOf(info: MetricInfo | undefined): string {
  if (info === undefined) return "";
  const unit = info.unit === "" || info.unit === "1" ? "" : `, in ${info.unit}`;
  const words = plainLine(info.description, 160);
  return `${info.type}${unit}${words === "" ? "" : `: ${words}`}`;
}
