import { DATA_SOURCES } from "./data-sources.ts";
import type { Panel } from "./panel.ts";
import { sql } from "./query.ts";
import type { Variable } from "./variable.ts";

/** A board as it is written in `boards/`. */
export interface Board {
  /** The folder of `dashboards/` and of Grafana that it is in. */
  readonly folder: string;
  /** The name of its file. */
  readonly file: string;
  /** By which links know it, for ever. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Boards with the first of them link to each other. */
  readonly tags: readonly [string, ...string[]];
  /** How often it asks anew: "30s". */
  readonly refresh: string;
  /** The range that it opens with: "now-6h". */
  readonly from: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** Panels beneath a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const COLUMNS = 24;
/** What this writes: dashboard JSON of Grafana 11 and later, which newer versions take over by themselves. */
const SCHEMA_VERSION = 39;

/** A board as Grafana reads it. */
export function modelOf(board: Board): object {
  const { uid, title, description, tags, refresh, from, variables } = board;
  return {
    uid,
    title,
    description,
    tags,
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh,
    time: { from, to: "now" },
    timezone: "",
    weekStart: "",
    annotations: { list: [criticalEvents()] },
    templating: { list: variables.map(({ model }) => model) },
    links: [linkToTag(tags[0])],
    panels: panelsOf(board.rows),
  };
}

/** Every panel with its number and its place: side by side while there is room, else in a new line. */
function panelsOf(rows: readonly Row[]): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const row of rows) {
    placed.push({
      id: placed.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const { width, height, model } of row.panels) {
      if (x + width > COLUMNS) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
      }
      placed.push({ id: placed.length + 1, gridPos: { x, y, w: width, h: height }, ...model });
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  return placed;
}

/** Marks in every graph when something critical happened. */
function criticalEvents(): object {
  return {
    name: "Critical events",
    datasource: DATA_SOURCES.clickhouse,
    enable: true,
    hide: false,
    iconColor: "red",
    target: { refId: "Anno", ...sql("critical-events", "table") },
  };
}

function linkToTag(tag: string): object {
  return { type: "dashboards", title: "Boards", tags: [tag], asDropdown: true, keepTime: true, includeVars: true };
}
