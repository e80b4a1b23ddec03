import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type Html, trusted } from "./html.ts";

use([LineChart, BarChart, GridComponent, LegendComponent, SVGRenderer]);

/** One line of a chart. */
export interface Line {
  readonly name: string;
  /** [milliseconds since the Unix epoch, value] */
  readonly points: readonly (readonly [number, number])[];
}

export interface Bars {
  readonly name: string;
  readonly color: string;
  /** [milliseconds since the Unix epoch, value] */
  readonly points: readonly (readonly [number, number])[];
}

const size = { width: 860, height: 220 };
const ink = "#6b7280";
const palette = ["#4263eb", "#0ca678", "#f08c00", "#ae3ec9", "#1098ad", "#e8590c", "#5c940d", "#c2255c"];

const legend = { bottom: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: ink } };

const frame: EChartsCoreOption = {
  animation: false,
  backgroundColor: "transparent",
  color: palette,
  textStyle: { fontFamily: "system-ui, sans-serif", color: ink },
  grid: { left: 44, right: 16, top: 16, bottom: 44 },
  legend,
};

function draw(option: EChartsCoreOption): Html {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({ ...frame, ...option });
    // The drawing scales with the page instead of its fixed size.
    return trusted(chart.renderToSVGString().replace(/<svg width="\d+" height="\d+"/, '<svg role="img"'));
  } finally {
    chart.dispose();
  }
}

const timeAxis = {
  type: "time",
  axisLabel: { color: ink },
  axisLine: { lineStyle: { color: ink } },
  splitLine: { show: false },
};
const valueAxis = {
  type: "value",
  axisLabel: { color: ink },
  splitLine: { lineStyle: { color: "rgba(128,128,128,0.2)" } },
};

/**
 * Lines over time as one SVG.
 *
 * @param max top of the scale, for percentages
 */
export function lineChart(lines: readonly Line[], max?: number): Html {
  return draw({
    xAxis: timeAxis,
    yAxis: { ...valueAxis, min: 0, ...(max !== undefined && { max }) },
    legend: { ...legend, show: lines.length > 1 },
    series: lines.map(({ name, points }) => ({
      type: "line",
      name,
      data: points,
      showSymbol: points.length < 3,
      lineStyle: { width: 1.5 },
    })),
  });
}

/** Bars over time, one on the other, as one SVG. */
export function stackedBars(bars: readonly Bars[]): Html {
  return draw({
    xAxis: timeAxis,
    yAxis: { ...valueAxis, minInterval: 1 },
    series: bars.map(({ name, color, points }) => ({
      type: "bar",
      stack: "all",
      name,
      data: points,
      itemStyle: { color },
      barMaxWidth: 14,
    })),
  });
}
