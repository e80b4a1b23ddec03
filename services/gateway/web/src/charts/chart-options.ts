import type uPlot from "uplot";
import type { Interval } from "../time/time-range.ts";
import type { ChartSeries } from "./series-table.ts";
import { localOffsetMs, type TimeTick, timeTicks } from "./time-ticks.ts";
import { valueTicks } from "./value-ticks.ts";

/** What a chart is made of. Functions are asked at every drawing. */
export interface ChartMake {
  /** Where the colours of the present scheme are looked up. */
  readonly element: HTMLElement;
  readonly series: readonly ChartSeries[];
  readonly stacked: boolean;
  readonly max: number | undefined;
  /** Whether the values are bytes, whose round numbers are powers of two. */
  readonly binary: boolean;
  readonly syncKey: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly format: (value: number) => string;
  readonly interval: () => Interval;
  /** The row of the data under the cursor; null when it is elsewhere. */
  readonly onCursor: (row: number | null) => void;
  readonly onZoom: (startMs: number, endMs: number) => void;
}

const axisWidth = 62;
/** Between two values of the axis, CSS pixels. */
const valueSpacing = 25;
/** Between two times of the axis, and what half a label may stick out beyond the plot, CSS pixels. */
const labelSpacing = 90;
const labelOverhang = 12;

/** uPlot's options: axes in the page's colours and of one width, so that charts above each other line up. */
export function chartOptions(make: ChartMake): uPlot.Options {
  const style = getComputedStyle(make.element);
  const color = (name: string) => resolvedColor(style, name);
  const font = `11px ${style.fontFamily}`;
  const axis = {
    stroke: color("var(--ink-faint)"),
    font,
    grid: { stroke: color("var(--grid)"), width: 1 },
    ticks: { show: false },
    border: { show: false },
  };
  return {
    width: make.width,
    height: make.height,
    padding: [6, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
      ...(make.syncKey === undefined ? {} : { sync: { key: make.syncKey, setSeries: false } }),
    },
    scales: {
      x: { time: true, range: () => [make.interval().startMs / 1000, make.interval().endMs / 1000] },
      y: { range: (_chart, _low, high) => [0, topOf(make.max, high)] },
    },
    axes: [
      { ...axis, size: 26, splits: timeSplits, values: timeLabels },
      {
        ...axis,
        size: axisWidth,
        splits: (chart, _axis, _low, high) => valueTicks(high, maxValueTicks(chart), make.binary),
        values: (_chart, splits) => splits.map(make.format),
      },
    ],
    series: [{}, ...make.series.map((one) => lineOptions(color(one.color), make))],
    bands: make.stacked ? stackBands(make.series.length) : [],
    hooks: {
      setCursor: [(chart) => make.onCursor(chart.cursor.idx ?? null)],
      setSelect: [(chart) => takeSelection(chart, make.onZoom)],
    },
  };
}

function lineOptions(stroke: string, { stacked, series }: ChartMake): uPlot.Series {
  const alone = series.length === 1;
  return {
    stroke,
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...(stacked || alone ? { fill: withAlpha(stroke, stacked ? 0.45 : 0.12) } : {}),
  };
}

/** Each area is filled down to the one below it. */
function stackBands(count: number): uPlot.Band[] {
  return Array.from({ length: Math.max(0, count - 1) }, (_, index) => ({ series: [index + 2, index + 1] }));
}

function topOf(max: number | undefined, high: number | null): number {
  if (max !== undefined && (high ?? 0) <= max) return max;
  return high === null || high <= 0 ? 1 : high * 1.08;
}

function maxValueTicks(chart: uPlot): number {
  return Math.max(2, Math.floor(chart.bbox.height / devicePixelRatio / valueSpacing));
}

function timeSplits(chart: uPlot, _axis: number, min: number, max: number): number[] {
  return ticksOf(chart, min, max).map((tick) => tick.ms / 1000);
}

function timeLabels(chart: uPlot): string[] {
  const { min, max } = chart.scales["x"] ?? {};
  return ticksOf(chart, min ?? 0, max ?? 0).map((tick) => tick.label);
}

/** Round times, but none so near the right end that its label would be cut. */
function ticksOf(chart: uPlot, min: number, max: number): readonly TimeTick[] {
  const width = chart.bbox.width / devicePixelRatio;
  const startMs = min * 1000;
  const endMs = max * 1000;
  const ticks = timeTicks(startMs, endMs, Math.max(2, Math.floor(width / labelSpacing)), localOffsetMs(startMs));
  return ticks.filter((tick) => ((endMs - tick.ms) / (endMs - startMs)) * width > labelOverhang);
}

function takeSelection(chart: uPlot, onZoom: ChartMake["onZoom"]): void {
  const { left, width } = chart.select;
  if (width < 4) return;
  onZoom(chart.posToVal(left, "x") * 1000, chart.posToVal(left + width, "x") * 1000);
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

/** The value behind "var(--name)": a canvas knows no custom properties. */
function resolvedColor(style: CSSStyleDeclaration, color: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name === undefined ? color : style.getPropertyValue(name).trim();
}

/** A hex colour with some transparency. */
function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, "0")}`;
}
