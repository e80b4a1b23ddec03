import type { FieldName, MetricsExpression, MetricsFunction, PipelineElement, Query, ScalarExpression } from "./ast.ts";
import { ALWAYS, allOf, anyOf, type SpanCondition, type TraceCondition } from "./condition.ts";
import { namesIn, namesOfFunction } from "./names.ts";
import { type Narrowed, narrow, narrowTraces } from "./narrow.ts";
import { simplify } from "./simplify.ts";
import {
  columnKey,
  columnsOf,
  DURATION,
  needsWholeTrace,
  PARENT_ID,
  SERVICE_NAME,
  SPAN_ID,
  SPAN_NAME,
  START,
  type StoredField,
  TREE_FIELDS,
} from "./stored-field.ts";

/** What has to be read for a pipeline. */
export interface ReadPlan {
  /** The traces that may be found: where this does not hold for a trace, nothing is found in it. */
  readonly traces: TraceCondition;
  /** The spans of such a trace that are looked at; `always` where its tree or all of it matters. */
  readonly spans: SpanCondition;
  /** Whether the pipeline gives exactly these spans, so that reading them answers it. */
  readonly exact: boolean;
  /** Whether each span can be told by itself; else all of a trace's spans that are asked for have to come together. */
  readonly bySpan: boolean;
  /** The columns of each span. */
  readonly fields: readonly StoredField[];
  /** Whether all attributes of the spans are needed beside them, as compare() needs them. */
  readonly allAttributes: boolean;
}

/** What has to be read to find traces, and what is shown of the spans found. */
export interface SearchPlan extends ReadPlan {
  readonly type: "search";
  readonly elements: readonly PipelineElement[];
  /** What a span is shown with beside its id, name, start and duration: what is selected and what was asked for. */
  readonly shown: readonly FieldName[];
}

/** What has to be read for one metrics function. */
export interface MetricsLeafPlan extends ReadPlan {
  readonly elements: readonly PipelineElement[];
  readonly metrics: MetricsFunction;
  /**
   * Whether a database can do all of it: take the spans that `spans` holds for, group them by the columns `by` and the interval of
   * their start, and aggregate `field`. Its groups then go into observeGroup().
   */
  readonly pushdown: { readonly by: readonly StoredField[]; readonly field: StoredField | null } | null;
}

export interface MetricsPlan {
  readonly type: "metrics";
  /** The query's tree, its leaves in the order of `leaves`. */
  readonly metrics: MetricsExpression;
  readonly leaves: readonly MetricsLeafPlan[];
}

/** Says what has to be read for a query that was checked. */
export function plan(query: Query): SearchPlan | MetricsPlan {
  const simple = simplify(query);
  if (simple.type === "search") return planSearch(simple.elements);
  return { type: "metrics", metrics: simple.metrics, leaves: leavesOf(simple.metrics).map(planLeaf) };
}

/** The metrics functions of an expression, from left to right. */
export function leavesOf(expression: MetricsExpression): readonly Extract<MetricsExpression, { type: "metrics" }>[] {
  switch (expression.type) {
    case "metrics-number":
      return [];
    case "metrics":
      return [expression];
    case "metrics-math":
      return [...leavesOf(expression.left), ...leavesOf(expression.right)];
  }
}

function planSearch(elements: readonly PipelineElement[]): SearchPlan {
  const named = namesIn(elements);
  const selected = elements.flatMap((element) => (element.type === "select" ? element.fields : []));
  const always = [SPAN_ID, PARENT_ID, SPAN_NAME, SERVICE_NAME, START, DURATION];
  return {
    type: "search",
    elements,
    shown: distinctNames([...selected, ...named]),
    ...readPlan(elements, [...named, ...selected], always),
    allAttributes: false,
  };
}

function planLeaf(leaf: Extract<MetricsExpression, { type: "metrics" }>): MetricsLeafPlan {
  const { elements, metrics } = leaf;
  const names = [...namesIn(elements), ...namesOfFunction(metrics)];
  const always = metrics.function === "compare" ? [START, ...COMPARED_FIELDS] : [START];
  const read = readPlan(elements, names, always);
  const isPushed = read.exact && metrics.function !== "compare" && !names.some(needsWholeTrace);
  return {
    elements,
    metrics,
    ...read,
    allAttributes: metrics.function === "compare",
    pushdown: isPushed ? pushdownOf(metrics) : null,
  };
}

/** The intrinsics whose values compare() compares. */
export const COMPARED_FIELDS: readonly StoredField[] = [
  SPAN_NAME,
  { type: "intrinsic", intrinsic: "status" },
  { type: "intrinsic", intrinsic: "statusMessage" },
  { type: "intrinsic", intrinsic: "kind" },
];

function pushdownOf(metrics: MetricsFunction): MetricsLeafPlan["pushdown"] {
  if (metrics.function === "compare") return null;
  const by = metrics.by.flatMap(columnsOf);
  return { by, field: "field" in metrics ? (columnsOf(metrics.field)[0] ?? null) : null };
}

function readPlan(elements: readonly PipelineElement[], names: readonly FieldName[], always: readonly StoredField[]) {
  const needsTree = elements.some(relates);
  const isWhole = needsTree || names.some(needsWholeTrace);
  const filtered = filteredSpans(elements);
  const fields = [...always, ...names.flatMap(columnsOf), ...(needsTree ? TREE_FIELDS : [])];
  return {
    traces: narrowTraces(elements),
    spans: isWhole ? ALWAYS : filtered.condition,
    exact: filtered.exact && !isWhole,
    bySpan: !isWhole && elements.every(isOfOneSpan),
    fields: distinctFields(fields),
  };
}

/** The spans that pass what filters begin with; what comes after them looks at no others. */
function filteredSpans(elements: readonly PipelineElement[]): Narrowed {
  const conditions: SpanCondition[] = [];
  let exact = true;
  for (const element of elements) {
    if (element.type === "select" || element.type === "coalesce") continue;
    const narrowed = narrowedElement(element);
    if (narrowed === null) return { condition: allOf(conditions), exact: false };
    conditions.push(narrowed.condition);
    exact &&= narrowed.exact;
    // What one side of && finds counts even if nothing after it takes it.
    if (needsBothSides(element)) return { condition: allOf(conditions), exact: false };
  }
  return { condition: allOf(conditions), exact };
}

function narrowedElement(element: PipelineElement): Narrowed | null {
  switch (element.type) {
    case "filter":
      return narrow(element.expression);
    case "operation": {
      if (element.operator !== "&&" && element.operator !== "||") return null;
      const [left, right] = [narrowedElement(element.left), narrowedElement(element.right)];
      if (left === null || right === null) return null;
      return { condition: anyOf([left.condition, right.condition]), exact: left.exact && right.exact };
    }
    default:
      return null;
  }
}

function isOfOneSpan(element: PipelineElement): boolean {
  return element.type === "select" || (narrowedElement(element) !== null && !needsBothSides(element));
}

function needsBothSides(element: PipelineElement): boolean {
  if (element.type !== "operation") return false;
  return element.operator === "&&" || needsBothSides(element.left) || needsBothSides(element.right);
}

/** Whether it looks at where spans are in their trace. */
function relates(element: PipelineElement): boolean {
  switch (element.type) {
    case "operation":
      return (
        (element.operator !== "&&" && element.operator !== "||") || relates(element.left) || relates(element.right)
      );
    case "pipeline":
      return element.elements.some(relates);
    case "scalar-filter":
      return relatesScalar(element.left) || relatesScalar(element.right);
    default:
      return false;
  }
}

function relatesScalar(expression: ScalarExpression): boolean {
  switch (expression.type) {
    case "arithmetic":
      return relatesScalar(expression.left) || relatesScalar(expression.right);
    case "scalar-pipeline":
      return expression.elements.some(relates) || relatesScalar(expression.scalar);
    default:
      return false;
  }
}

function distinctFields(fields: readonly StoredField[]): readonly StoredField[] {
  return [...new Map(fields.map((field) => [columnKey(field), field])).values()];
}

const NOT_SHOWN: ReadonlySet<string> = new Set(["name", "duration", "parent", "trace:id", "span:id"]);

function distinctNames(names: readonly FieldName[]): readonly FieldName[] {
  const byName = new Map<string, FieldName>();
  for (const name of names) {
    const key = name.type === "intrinsic" ? name.intrinsic : JSON.stringify([name.scope, name.ofParent, name.name]);
    if (!NOT_SHOWN.has(key) && !byName.has(key)) byName.set(key, name);
  }
  return [...byName.values()];
}
