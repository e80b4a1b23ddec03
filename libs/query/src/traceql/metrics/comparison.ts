import type { MetricsFunction } from "../ast.ts";
import { compileTest, single } from "../compile.ts";
import { allSpans, compilePipeline } from "../pipeline.ts";
import { COMPARED_FIELDS, type MetricsLeafPlan } from "../plan.ts";
import { storedReader } from "../read-field.ts";
import { START } from "../stored-field.ts";
import { layoutOf, type Trace, traceOf } from "../trace.ts";
import { keyOf, type Value } from "../value.ts";
import { type Cells, createCells } from "./limits.ts";
import type { LeafOptions, MetricsLeaf } from "./metrics-leaf.ts";
import type { TimeSeries } from "./time-series.ts";

const META_TYPE = "__meta_type";
const META_ERROR = "__meta_error";
const TOO_MANY = "__too_many_values__";

/** How often a value of an attribute was seen, interval by interval. */
interface ValueCounts {
  readonly value: Value;
  readonly counts: Map<number, number>;
  total: number;
}

/** What was seen on one side, by attribute. */
type Side = Map<string, { readonly values: Map<string, ValueCounts>; readonly totals: Float64Array }>;

/**
 * compare(): counts the values of all attributes, apart for the spans of the selection and for all others, and shows the
 * commonest values of each. An attribute with more of them is named in a series of its own.
 */
export function createComparison(
  plan: MetricsLeafPlan,
  metrics: Extract<MetricsFunction, { function: "compare" }>,
  { intervals, limits, sampledShare }: LeafOptions,
): MetricsLeaf {
  const layout = layoutOf(plan.fields);
  const run = compilePipeline(plan.elements, layout);
  const start = layout.columnOf(START);
  const isSelected = compileTest(metrics.filter.expression, layout);
  const intrinsics = COMPARED_FIELDS.flatMap((field) =>
    field.type === "intrinsic" ? [{ name: field.intrinsic, read: storedReader(field, layout) }] : [],
  );
  const cells = createCells(limits.maxCells);
  const sides = { baseline: new Map(), selection: new Map() } satisfies Record<string, Side>;
  const { startUnixNano, endUnixNano } = metrics;
  const isInWindow = (began: bigint) => endUnixNano === 0n || (began >= startUnixNano && began < endUnixNano);

  const observe = (trace: Trace, span: number): void => {
    const began = trace.columns[start]?.[span];
    if (typeof began !== "bigint") return;
    const interval = intervals.indexOf(began);
    if (interval < 0) return;
    const side: Side = isInWindow(began) && isSelected(trace, span) ? sides.selection : sides.baseline;
    const see = (name: string, value: Value) => count(side, { name, value, interval, length: intervals.count }, cells);
    for (const { name, read } of intrinsics) see(name, single(read(trace, span)));
    trace.eachAttribute?.(span, see);
  };
  return {
    observeTrace(columns) {
      const trace = traceOf(columns, layout);
      for (const { spans } of run(trace, [allSpans(trace)])) for (const span of spans) observe(trace, span);
    },
    // The planner never pushes compare() down.
    observeGroup: () => undefined,
    observeExample: () => undefined,
    results: () => ({
      series: seriesOf(sides, { top: metrics.top, length: intervals.count, scale: 1 / sampledShare }),
      isLimited: false,
    }),
  };
}

interface Seen {
  readonly name: string;
  readonly value: Value;
  readonly interval: number;
  readonly length: number;
}

function count(side: Side, { name, value, interval, length }: Seen, cells: Cells): void {
  if (value === null) return;
  let attribute = side.get(name);
  if (attribute === undefined) {
    cells.take(length);
    attribute = { values: new Map(), totals: new Float64Array(length) };
    side.set(name, attribute);
  }
  attribute.totals[interval] = (attribute.totals[interval] ?? 0) + 1;
  const key = keyOf(value);
  let counted = attribute.values.get(key);
  if (counted === undefined) {
    counted = { value, counts: new Map(), total: 0 };
    attribute.values.set(key, counted);
  }
  if (!counted.counts.has(interval)) cells.take(1);
  counted.counts.set(interval, (counted.counts.get(interval) ?? 0) + 1);
  counted.total++;
}

interface Shape {
  readonly top: number;
  readonly length: number;
  readonly scale: number;
}

function seriesOf(sides: Readonly<Record<"baseline" | "selection", Side>>, shape: Shape): readonly TimeSeries[] {
  const series: TimeSeries[] = [];
  const tooMany = new Set<string>();
  const add = (kind: string, of: string, value: Value, values: Float64Array) => {
    const labels = [
      { name: kind === TOO_MANY ? META_ERROR : META_TYPE, value: kind },
      { name: of, value },
    ];
    series.push({ labels, values, exemplars: [] });
  };
  for (const [side, attributes] of [
    ["baseline", sides.baseline],
    ["selection", sides.selection],
  ] as const) {
    for (const [name, { values, totals }] of attributes) {
      const commonest = [...values.values()].sort((one, other) => other.total - one.total).slice(0, shape.top);
      for (const { value, counts } of commonest) add(side, name, value, spread(counts, shape));
      add(
        `${side}_total`,
        name,
        null,
        totals.map((total) => total * shape.scale),
      );
      if (values.size > shape.top) tooMany.add(name);
    }
  }
  for (const name of tooMany) add(TOO_MANY, name, null, new Float64Array(0));
  return series;
}

function spread(counts: ReadonlyMap<number, number>, { length, scale }: Shape): Float64Array {
  const values = new Float64Array(length);
  for (const [interval, of] of counts) values[interval] = of * scale;
  return values;
}
