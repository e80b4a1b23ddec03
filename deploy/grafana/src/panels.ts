import { type Panel, type PanelSpec, panelOf } from "./panel.ts";

const lastValue = { calcs: ["lastNotNull"], fields: "", values: false };
const tooltip = { mode: "multi", sort: "desc" };
/** Four scrapes. */
const leastCounted = "1m";

/** A number, with its course behind it. */
export function stat(spec: PanelSpec): Panel {
  const options = { colorMode: "value", graphMode: "area", justifyMode: "auto", reduceOptions: lastValue };
  return panelOf(spec, { type: "stat", width: 6, height: 4, options });
}

/** A number between two ends. */
export function gauge(spec: PanelSpec): Panel {
  const options = { reduceOptions: lastValue, showThresholdLabels: false, showThresholdMarkers: true };
  return panelOf(spec, { type: "gauge", width: 6, height: 6, options });
}

/** A number for each series, or each bucket of a histogram, as bars. */
export function bars(spec: PanelSpec): Panel {
  const options = { displayMode: "basic", orientation: "horizontal", reduceOptions: lastValue, valueMode: "color" };
  return panelOf(spec, { type: "bargauge", width: 8, height: 8, options });
}

export interface GraphSpec extends PanelSpec {
  /** Adds the series up. */
  readonly stacked?: boolean;
  /** Draws the thresholds as lines. */
  readonly showThresholds?: boolean;
}

/** Series over time. */
export function graph(spec: GraphSpec): Panel {
  const custom = {
    drawStyle: "line",
    lineWidth: 1,
    fillOpacity: spec.stacked === true ? 25 : 8,
    showPoints: "never",
    spanNulls: false,
    stacking: { mode: spec.stacked === true ? "normal" : "none", group: "A" },
    thresholdsStyle: { mode: spec.showThresholds === true ? "dashed" : "off" },
  };
  const legend = { displayMode: "table", placement: "bottom", showLegend: true, calcs: ["mean", "lastNotNull"] };
  const options = { legend, tooltip };
  return panelOf(spec, { type: "timeseries", width: 12, height: 8, options, custom, colorMode: "palette-classic" });
}

/** What happened in each step, as bars over time. */
export function counts(spec: PanelSpec): Panel {
  const custom = {
    drawStyle: "bars",
    lineWidth: 0,
    fillOpacity: 60,
    showPoints: "never",
    stacking: { mode: "normal", group: "A" },
  };
  const legend = { displayMode: "list", placement: "bottom", showLegend: true, calcs: ["sum"] };
  const options = { legend, tooltip };
  const look = { type: "timeseries", width: 12, height: 7, options, custom } as const;
  return panelOf(spec, { ...look, colorMode: "palette-classic", interval: leastCounted });
}

const heatmapColor = { mode: "opacity", fill: "semi-dark-blue", scale: "exponential", exponent: 0.5, steps: 32 };

/** The buckets of a histogram over time. */
export function heatmap(spec: PanelSpec): Panel {
  const yAxis = { axisPlacement: "left", ...(spec.unit !== undefined && { unit: spec.unit }) };
  const options = { calculate: false, cellGap: 1, color: heatmapColor, yAxis, tooltip: { mode: "single" } };
  return panelOf(spec, { type: "heatmap", width: 12, height: 8, options, interval: leastCounted });
}

export interface SpreadSpec extends PanelSpec {
  /** How much one line of cells holds. */
  readonly cell: number;
}

/** How the values of many series are spread over time. */
export function spread(spec: SpreadSpec): Panel {
  const { unit, min, max } = spec;
  const options = {
    calculate: true,
    calculation: { yBuckets: { mode: "size", value: String(spec.cell), scale: { type: "linear" } } },
    cellGap: 1,
    color: heatmapColor,
    yAxis: {
      axisPlacement: "left",
      ...(unit !== undefined && { unit }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
    },
    tooltip: { mode: "single" },
  };
  return panelOf(spec, { type: "heatmap", width: 12, height: 8, options });
}

/** A band for each series that takes the colour of its value. */
export function states(spec: PanelSpec): Panel {
  const custom = { fillOpacity: 70, lineWidth: 0 };
  const legend = { displayMode: "list", placement: "bottom", showLegend: false };
  const options = { mergeValues: true, rowHeight: 0.8, showValue: "never", legend, tooltip };
  return panelOf(spec, { type: "state-timeline", width: 12, height: 7, options, custom });
}

export interface TableSpec extends PanelSpec {
  /** What columns are called, by the names that they come with. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Columns that are not shown. */
  readonly without?: readonly string[];
  /** Units of columns, by their names as shown. */
  readonly units?: Readonly<Record<string, string>>;
}

/** Rows and columns. */
export function table(spec: TableSpec): Panel {
  const overrides = Object.entries(spec.units ?? {}).map(([name, unit]) => ({
    matcher: { id: "byName", options: name },
    properties: [{ id: "unit", value: unit }],
  }));
  const excludeByName = Object.fromEntries((spec.without ?? []).map((name) => [name, true]));
  const renameByName = spec.columns ?? {};
  const options = { cellHeight: "sm", showHeader: true };
  return panelOf(spec, {
    type: "table",
    width: 12,
    height: 8,
    options,
    custom: { align: "auto", filterable: true },
    overrides,
    transformations: [{ id: "organize", options: { excludeByName, renameByName } }],
  });
}

/** Log lines, newest first; one that is opened shows all that is known of it. */
export function logs(spec: PanelSpec): Panel {
  const options = {
    enableLogDetails: true,
    showTime: true,
    showLabels: false,
    sortOrder: "Descending",
    wrapLogMessage: true,
    dedupStrategy: "none",
  };
  return panelOf(spec, { type: "logs", width: 24, height: 9, options });
}

/** What is connected to what. */
export function network(spec: PanelSpec): Panel {
  return panelOf(spec, { type: "nodeGraph", width: 12, height: 12, options: {} });
}

/** A found trace in each row; its id opens it. */
export function traces(spec: PanelSpec): Panel {
  const options = { cellHeight: "sm", showHeader: true };
  return panelOf(spec, { type: "table", width: 12, height: 8, options });
}
