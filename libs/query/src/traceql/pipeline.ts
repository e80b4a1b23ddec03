import { invalid } from "@sightline/errors/app-error";
import { aggregate } from "./aggregate.ts";
import { compute } from "./arithmetic.ts";
import type { PipelineElement, ScalarExpression, SpansetExpression } from "./ast.ts";
import { compareNumbers } from "./compare-values.ts";
import { compileTest, compileValue, single } from "./compile.ts";
import { formatScalar } from "./format.ts";
import { formatFieldExpression } from "./format-field.ts";
import { relate, unite } from "./relations.ts";
import type { Layout, Trace } from "./trace.ts";
import { keyOf, type Numeric, type Value, valueOfStatic } from "./value.ts";

/** Something that was worked out for a set of spans: what by() grouped them by, or an aggregate. */
export interface SpansetAttribute {
  readonly name: string;
  readonly value: Value;
}

/** Spans of one trace that were found together, in the trace's order, each once. */
export interface Spanset {
  readonly spans: readonly number[];
  readonly attributes: readonly SpansetAttribute[];
}

/** Turns spansets of a trace into spansets. Throws invalid_argument when that cannot be done with what by() gave. */
export type Step = (trace: Trace, spansets: readonly Spanset[]) => readonly Spanset[];

/** A pipeline, made for columns that are laid out so. It begins with one spanset of all the trace's spans. */
export function compilePipeline(elements: readonly PipelineElement[], layout: Layout): Step {
  const steps = elements.map((element) => compileElement(element, layout));
  return (trace, spansets) => {
    let found = spansets;
    for (const step of steps) {
      if (found.length === 0) break;
      found = step(trace, found);
    }
    return found;
  };
}

/** What a pipeline begins with. */
export function allSpans(trace: Trace): Spanset {
  return { spans: Array.from({ length: trace.spanCount }, (_, span) => span), attributes: [] };
}

function compileElement(element: PipelineElement, layout: Layout): Step {
  switch (element.type) {
    case "filter":
    case "operation":
    case "pipeline": {
      const find = compileSpansets(element, layout);
      return (trace, spansets) => spansets.flatMap((spanset) => find(trace, spanset));
    }
    case "scalar-filter":
      return compileScalarFilter(element, layout);
    case "by":
      return compileGroups(element.expression, layout);
    case "coalesce":
      return (_, spansets) => [
        { spans: spansets.reduce<readonly number[]>((all, { spans }) => unite(all, spans), []), attributes: [] },
      ];
    case "select":
      // What is selected is shown; it filters nothing.
      return (_, spansets) => spansets;
  }
}

/** Finds spansets among the spans of one; none when no span is found. */
type Find = (trace: Trace, spanset: Spanset) => readonly Spanset[];

function compileSpansets(expression: SpansetExpression, layout: Layout): Find {
  switch (expression.type) {
    case "filter": {
      const test = compileTest(expression.expression, layout);
      return (trace, spanset) =>
        withSpans(
          spanset,
          spanset.spans.filter((span) => test(trace, span)),
        );
    }
    case "pipeline": {
      const run = compilePipeline(expression.elements, layout);
      return (trace, spanset) => run(trace, [spanset]);
    }
    case "operation":
      return compileOperation(expression, layout);
  }
}

function withSpans(spanset: Spanset, spans: readonly number[]): readonly Spanset[] {
  if (spans.length === 0) return [];
  return [spans.length === spanset.spans.length ? spanset : { ...spanset, spans }];
}

function compileOperation(
  { operator, left, right }: Extract<SpansetExpression, { type: "operation" }>,
  layout: Layout,
): Find {
  const one = compileSpansets(left, layout);
  const other = compileSpansets(right, layout);
  return (trace, spanset) => {
    const [lefts, rights] = [one(trace, spanset), other(trace, spanset)];
    if (operator === "&&" && (lefts.length === 0 || rights.length === 0)) return [];
    if (operator === "&&" || operator === "||") return withSpans(spanset, unite(spansOf(lefts), spansOf(rights)));
    if (lefts.length > 1 || rights.length > 1) {
      throw invalid(`cannot run TraceQL: got ${operator} of spans that by() has grouped, want coalesce() before it`);
    }
    if (rights.length === 0) return [];
    return withSpans(spanset, relate(operator, trace.tree(), spansOf(lefts), spansOf(rights)));
  };
}

function spansOf(spansets: readonly Spanset[]): readonly number[] {
  return spansets.reduce<readonly number[]>((all, { spans }) => unite(all, spans), []);
}

function compileGroups(expression: Extract<PipelineElement, { type: "by" }>["expression"], layout: Layout): Step {
  const value = compileValue(expression, layout);
  const name = `by(${formatFieldExpression(expression)})`;
  return (trace, spansets) =>
    spansets.flatMap(({ spans, attributes }) => {
      const groups = new Map<string, { value: Value; spans: number[] }>();
      for (const span of spans) {
        const of = single(value(trace, span));
        const key = keyOf(of);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { value: of, spans: [span] });
        else group.spans.push(span);
      }
      return [...groups.values()].map((group) => ({
        spans: group.spans,
        attributes: [...attributes, { name, value: group.value }],
      }));
    });
}

/** A number of one spanset, and what it was worked out of. */
interface Computed {
  readonly value: Numeric | null;
  readonly attributes: readonly SpansetAttribute[];
  /** The spans of pipelines of its own; absent when it is a number of the spanset it was given. */
  readonly spans?: readonly number[];
}

type Compute = (trace: Trace, spanset: Spanset) => Computed;

function compileScalarFilter(filter: Extract<PipelineElement, { type: "scalar-filter" }>, layout: Layout): Step {
  const left = compileScalar(filter.left, layout);
  const right = compileScalar(filter.right, layout);
  return (trace, spansets) =>
    spansets.flatMap((spanset) => {
      const [one, other] = [left(trace, spanset), right(trace, spanset)];
      if (one.value === null || other.value === null) return [];
      if (!compareNumbers(filter.operator, one.value.value, other.value.value)) return [];
      const { spans, attributes } = together(one, other);
      return [{ spans: spans ?? spanset.spans, attributes: [...spanset.attributes, ...attributes] }];
    });
}

function together(one: Computed, other: Computed): Omit<Computed, "value"> {
  const attributes = [...one.attributes, ...other.attributes];
  if (one.spans === undefined && other.spans === undefined) return { attributes };
  return { attributes, spans: unite(one.spans ?? [], other.spans ?? []) };
}

function compileScalar(expression: ScalarExpression, layout: Layout): Compute {
  switch (expression.type) {
    case "number": {
      const value = numberOf(expression.value);
      return () => ({ value, attributes: [] });
    }
    case "aggregate": {
      const name = formatScalar(expression);
      const of = expression.expression === undefined ? () => null : compileValue(expression.expression, layout);
      return (trace, { spans }) => {
        const value = aggregate(
          expression.function,
          spans.map((span) => of(trace, span)),
        );
        return { value, attributes: [{ name, value }] };
      };
    }
    case "arithmetic": {
      const left = compileScalar(expression.left, layout);
      const right = compileScalar(expression.right, layout);
      return (trace, spanset) => {
        const [one, other] = [left(trace, spanset), right(trace, spanset)];
        return { value: compute(expression.operator, one.value, other.value), ...together(one, other) };
      };
    }
    case "scalar-pipeline":
      return compileScalarPipeline(expression, layout);
  }
}

function numberOf(literal: Extract<ScalarExpression, { type: "number" }>["value"]): Numeric | null {
  const value = valueOfStatic(literal);
  return typeof value === "object" && value.type !== "status" && value.type !== "kind" ? value : null;
}

/** A pipeline of its own has no number when it finds nothing. */
function compileScalarPipeline(
  { elements, scalar }: Extract<ScalarExpression, { type: "scalar-pipeline" }>,
  layout: Layout,
): Compute {
  const run = compilePipeline(elements, layout);
  const compute = compileScalar(scalar, layout);
  return (trace, spanset) => {
    const found = run(trace, [spanset]);
    const [only] = found;
    if (found.length > 1) {
      throw invalid("cannot run TraceQL: got a number for each group of by(), want coalesce() before it");
    }
    if (only === undefined) return { value: null, attributes: [] };
    const { value, attributes } = compute(trace, only);
    return { value, attributes, spans: only.spans };
  };
}
