import type {
  FieldReference,
  Hint,
  MetricsExpression,
  MetricsFunction,
  PipelineElement,
  Query,
  ScalarExpression,
  SecondStage,
  SpansetExpression,
} from "./ast.ts";
import { formatField, formatFieldExpression, formatStatic } from "./format-field.ts";
import { BINDING, bindingOf } from "./operators.ts";

const BINDS_ALWAYS = 9;

/** The query as text, in one spelling: parsing it gives the same query. */
export function format(query: Query): string {
  const text = query.type === "search" ? formatPipeline(query.elements) : formatRoot(query.metrics);
  return text + formatHints(query.hints);
}

function formatHints(hints: readonly Hint[]): string {
  if (hints.length === 0) return "";
  return ` with (${hints.map(({ name, value }) => `${name}=${formatStatic(value)}`).join(", ")})`;
}

/** The elements of a pipeline as text. */
export function formatPipeline(elements: readonly PipelineElement[]): string {
  return elements.map(formatElement).join(" | ");
}

function formatElement(element: PipelineElement): string {
  switch (element.type) {
    case "by":
      return `by(${formatFieldExpression(element.expression)})`;
    case "coalesce":
      return "coalesce()";
    case "select":
      return `select(${formatFields(element.fields)})`;
    case "scalar-filter": {
      const right = formatScalar(element.right, BINDING.sum);
      return `${formatScalar(element.left, BINDING.sum)} ${element.operator} ${right}`;
    }
    default:
      return formatSpansets(element, BINDING.logical);
  }
}

function formatSpansets(expression: SpansetExpression, wanted: number): string {
  switch (expression.type) {
    case "filter":
      return `{ ${formatFieldExpression(expression.expression)} }`;
    case "pipeline":
      return `(${formatPipeline(expression.elements)})`;
    case "operation": {
      const own = bindingOf(expression.operator) ?? BINDING.comparison;
      const right = formatSpansets(expression.right, own + 1);
      const text = `${formatSpansets(expression.left, own)} ${expression.operator} ${right}`;
      return own < wanted ? `(${text})` : text;
    }
  }
}

/** A number of a spanset as text; the name that it has in what is found. */
export function formatScalar(expression: ScalarExpression, wanted: number = BINDING.sum): string {
  switch (expression.type) {
    case "number":
      return formatStatic(expression.value);
    case "aggregate": {
      const { expression: of } = expression;
      return `${expression.function}(${of === undefined ? "" : formatFieldExpression(of)})`;
    }
    case "scalar-pipeline":
      return `(${formatPipeline(expression.elements)} | ${formatScalar(expression.scalar)})`;
    case "arithmetic": {
      const own = bindingOf(expression.operator) ?? BINDING.sum;
      const fromRight = expression.operator === "^";
      const left = formatScalar(expression.left, fromRight ? own + 1 : own);
      const text = `${left} ${expression.operator} ${formatScalar(expression.right, fromRight ? own : own + 1)}`;
      return own < wanted ? `(${text})` : text;
    }
  }
}

function formatRoot(metrics: MetricsExpression): string {
  return metrics.type === "metrics" ? formatLeaf(metrics) : formatMetrics(metrics, 0);
}

function formatLeaf({ elements, metrics, stages }: Extract<MetricsExpression, { type: "metrics" }>): string {
  return `${formatPipeline(elements)} | ${formatFunction(metrics)}${formatStages(stages)}`;
}

function formatMetrics(expression: MetricsExpression, wanted: number): string {
  switch (expression.type) {
    case "metrics-number":
      return formatStatic({ type: "float", value: expression.value });
    case "metrics":
      return `(${formatLeaf(expression)})`;
    case "metrics-math": {
      const own = bindingOf(expression.operator) ?? BINDING.sum;
      const right = formatMetrics(expression.right, own + 1);
      const text = `${formatMetrics(expression.left, own)} ${expression.operator} ${right}${formatStages(expression.stages)}`;
      const binding = expression.stages.length === 0 ? own : BINDING.comparison;
      return binding < wanted ? `(${text})` : text;
    }
  }
}

/** A metrics function as text. */
export function formatFunction(metrics: MetricsFunction): string {
  switch (metrics.function) {
    case "rate":
    case "count_over_time":
      return `${metrics.function}()${formatBy(metrics.by)}`;
    case "quantile_over_time":
      return `quantile_over_time(${[formatField(metrics.field), ...metrics.quantiles].join(", ")})${formatBy(metrics.by)}`;
    case "compare": {
      const { top, startUnixNano, endUnixNano } = metrics;
      const window = startUnixNano === 0n && endUnixNano === 0n ? [] : [startUnixNano, endUnixNano];
      return `compare(${[formatSpansets(metrics.filter, BINDS_ALWAYS), top, ...window].join(", ")})`;
    }
    default:
      return `${metrics.function}(${formatField(metrics.field)})${formatBy(metrics.by)}`;
  }
}

function formatBy(by: readonly FieldReference[]): string {
  return by.length === 0 ? "" : ` by (${formatFields(by)})`;
}

function formatFields(fields: readonly FieldReference[]): string {
  return fields.map(formatField).join(", ");
}

function formatStages(stages: readonly SecondStage[]): string {
  return stages
    .map((stage) => {
      if (stage.type !== "comparison") return ` | ${stage.type}(${stage.limit})`;
      return ` ${stage.operator} ${formatStatic({ type: "float", value: stage.value })}`;
    })
    .join("");
}
