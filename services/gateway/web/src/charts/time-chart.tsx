import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { formatMoment } from "../time/format-time.ts";
import type { Interval } from "../time/time-range.ts";
import { chartOptions } from "./chart-options.ts";
import { type ChartSeries, lastValue, seriesTable, stackedColumns } from "./series-table.ts";
import classes from "./time-chart.module.css";

/** What the chart draws. */
export interface TimeChartProps {
  readonly series: readonly ChartSeries[];
  /** The span of the time axis, so that charts beside each other line up whatever they hold. */
  readonly interval: Interval;
  readonly format: (value: number) => string;
  /** Charts with the same key move their cursors together. */
  readonly syncKey?: string;
  readonly height?: number;
  /** The top of the value axis where it is known: 100 for percents. */
  readonly max?: number | undefined;
  /** Whether the values are bytes. */
  readonly binary?: boolean;
  /** Areas on top of each other instead of lines. */
  readonly stacked?: boolean;
  /** For screen readers: what is drawn. */
  readonly label: string;
  readonly withLegend?: boolean;
  /** Told when a stretch of time is dragged over. */
  readonly onZoom?: ((startMs: number, endMs: number) => void) | undefined;
}

/** Values over time as lines or stacked areas, with a legend that reads the values under the cursor. */
export function TimeChart(props: TimeChartProps) {
  const {
    series,
    interval,
    format,
    syncKey,
    height = 150,
    max,
    binary = false,
    stacked = false,
    label,
    withLegend = true,
  } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const [row, setRow] = useState<number | null>(null);
  const onZoom = useRef(props.onZoom);
  useEffect(() => {
    onZoom.current = props.onZoom;
  });
  const table = useMemo(() => seriesTable(series), [series]);
  const plot = useRef<uPlot | null>(null);
  // What the chart is made of; other data of the same make only replaces what is drawn.
  const make = JSON.stringify([
    series.map(({ label, color }) => [label, color]),
    stacked,
    max,
    syncKey,
    scheme,
    height,
  ]);
  const latest = useRef({ table, interval, width, format });
  useEffect(() => {
    latest.current = { table, interval, width, format };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `make` stands for all that the options are made of.
  useEffect(() => {
    if (host.current === null) return;
    const options = chartOptions({
      element: host.current,
      series,
      stacked,
      max,
      binary,
      syncKey,
      height,
      width: latest.current.width || 300,
      format: (value) => latest.current.format(value),
      interval: () => latest.current.interval,
      onCursor: setRow,
      onZoom: (start, end) => onZoom.current?.(start, end),
    });
    const chart = new uPlot(options, alignedData(latest.current.table, stacked), host.current);
    plot.current = chart;
    return () => {
      plot.current = null;
      chart.destroy();
    };
  }, [make]);

  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new interval must be drawn even over the same data.
  useEffect(() => {
    plot.current?.setData(alignedData(table, stacked));
  }, [table, stacked, interval.startMs, interval.endMs]);

  return (
    <div ref={ref} className={classes.chart}>
      <div ref={host} role="img" aria-label={summary(label, series, format)} style={{ height }} />
      {withLegend ? <Legend series={series} table={table} row={row} format={format} /> : null}
    </div>
  );
}

type Table = ReturnType<typeof seriesTable>;

function Legend(props: {
  series: readonly ChartSeries[];
  table: Table;
  row: number | null;
  format: (v: number) => string;
}) {
  const { series, table, row, format } = props;
  const time = row === null ? undefined : table.times[row];
  return (
    <div className={classes.legend} aria-hidden="true">
      {series.map(({ label, color, points }, index) => {
        const value = row === null ? lastValue(points) : (table.columns[index]?.[row] ?? null);
        return (
          <span key={label} className={classes.entry}>
            <i style={{ background: color }} />
            <span className={classes.name}>{label}</span>
            <b>{value === null ? "–" : format(value)}</b>
          </span>
        );
      })}
      {time === undefined ? null : <span className={classes.time}>{formatMoment(time * 1000, Date.now())}</span>}
    </div>
  );
}

function alignedData(table: Table, stacked: boolean): uPlot.AlignedData {
  return [table.times, ...(stacked ? stackedColumns(table.columns) : table.columns)];
}

function summary(label: string, series: readonly ChartSeries[], format: (value: number) => string): string {
  const parts = series.slice(0, 8).map(({ label: name, points }) => {
    const value = lastValue(points);
    return `${name} ${value === null ? "no value" : format(value)}`;
  });
  return `${label}; newest values: ${parts.join(", ") || "none"}`;
}
