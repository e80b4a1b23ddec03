import { DATA_SOURCES, type DataSource, MIXED } from "./data-sources.ts";
import type { Query } from "./query.ts";
import { PLAIN, type Threshold } from "./thresholds.ts";

/** What every panel says of itself. */
export interface PanelSpec {
  readonly title: string;
  /** What is shown and when to worry: the text behind the panel's "i". */
  readonly description: string;
  readonly queries: readonly Query[];
  /** Columns of the 24 that a board has. */
  readonly width?: number;
  /** Rows of some 38 pixels. */
  readonly height?: number;
  /** Grafana's name of a unit: "percent", "percentunit", "s", "bytes", "reqps" … */
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly thresholds?: readonly Threshold[];
  /** A range of its own, as "1h", whatever the board shows. */
  readonly timeFrom?: string;
  /** Where a click on the title leads: a board's uid by what is said of it. */
  readonly opens?: Readonly<Record<string, string>>;
  /** What a number is called that is not one: `{"0": "down"}`. */
  readonly words?: Readonly<Record<string, string>>;
}

/** A panel before it has a place and a number. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  readonly model: Readonly<Record<string, unknown>>;
}

interface Look {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** `fieldConfig.defaults.custom`. */
  readonly custom?: Readonly<Record<string, unknown>>;
  readonly overrides?: readonly object[];
  readonly transformations?: readonly object[];
  readonly colorMode?: "thresholds" | "palette-classic";
  /** The least width of a point, where a point counts what happened in it: several samples have to lie there. */
  readonly interval?: string;
}

/** A panel of what is said of it and of how its kind looks. */
export function panelOf(spec: PanelSpec, look: Look): Panel {
  const { title, description, timeFrom } = spec;
  const model = {
    type: look.type,
    title,
    description,
    datasource: dataSourceOf(spec.queries),
    targets: spec.queries.map((query, index) => ({ refId: String.fromCharCode(65 + index), ...query })),
    fieldConfig: { defaults: fieldDefaults(spec, look), overrides: look.overrides ?? [] },
    options: look.options,
    ...(look.transformations !== undefined && { transformations: look.transformations }),
    ...(timeFrom !== undefined && { timeFrom }),
    ...(look.interval !== undefined && { interval: look.interval }),
    ...(spec.opens !== undefined && { links: linksTo(spec.opens) }),
  };
  return { width: spec.width ?? look.width, height: spec.height ?? look.height, model };
}

function fieldDefaults(spec: PanelSpec, { custom, colorMode = "thresholds" }: Look): object {
  const { unit, decimals, min, max, words } = spec;
  return {
    color: { mode: colorMode },
    thresholds: { mode: "absolute", steps: spec.thresholds ?? PLAIN },
    ...(unit !== undefined && { unit }),
    ...(decimals !== undefined && { decimals }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(words !== undefined && { mappings: [{ type: "value", options: namesOf(words) }] }),
    ...(custom !== undefined && { custom }),
  };
}

function namesOf(words: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(words).map(([value, text], index) => [value, { text, index }]));
}

function linksTo(boards: Readonly<Record<string, string>>): object[] {
  return Object.entries(boards).map(([title, uid]) => ({ title, url: `/d/${uid}?\${__url_time_range}` }));
}

function dataSourceOf(queries: readonly Query[]): DataSource {
  const uids = new Set(queries.map(({ datasource }) => datasource.uid));
  return uids.size > 1 ? MIXED : (queries[0]?.datasource ?? DATA_SOURCES.prometheus);
}
