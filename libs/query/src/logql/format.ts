import { quote } from "../text/quote.ts";
import type { BinaryOperation, Expression, Grouping, LogRange, MetricExpression, Unwrap } from "./ast.ts";
import { formatLabelFilter, formatMatcher, formatStage } from "./format-stage.ts";
import { formatDuration } from "./go/duration.ts";
import { formatGoFloat } from "./go/number.ts";
import { precedenceOf } from "./parser.ts";

/** Prints a query in one line and in one spelling; parsing that gives the same query. */
export function format(expression: Expression): string {
  if (expression.type !== "log") return formatMetric(expression);
  const selector = `{${expression.matchers.map(formatMatcher).join(", ")}}`;
  return [selector, ...expression.stages.map(formatStage)].join(" ");
}

function formatMetric(expression: MetricExpression): string {
  switch (expression.type) {
    case "number":
      return formatNumber(expression.value);
    case "vector":
      return `vector(${formatNumber(expression.value)})`;
    case "binary":
      return formatBinary(expression);
    case "range_aggregation": {
      const parameter = expression.parameter === null ? "" : `${formatNumber(expression.parameter)}, `;
      const grouping = expression.grouping === null ? "" : ` ${formatGrouping(expression.grouping)}`;
      return `${expression.operation}(${parameter}${formatRange(expression.range)})${grouping}`;
    }
    case "vector_aggregation": {
      const parameter = expression.parameter === null ? "" : `${expression.parameter}, `;
      const grouping = expression.grouping === null ? "" : ` ${formatGrouping(expression.grouping)} `;
      return `${expression.operation}${grouping}(${parameter}${format(expression.inner)})`;
    }
    case "label_replace": {
      const { destination, replacement, source, pattern } = expression;
      const texts = [destination, replacement, source, pattern].map((text) => quote(text));
      return `label_replace(${[format(expression.inner), ...texts].join(", ")})`;
    }
  }
}

/** Numbers of queries are finite: there is no way to write others. */
function formatNumber(value: number): string {
  return formatGoFloat(value);
}

function formatGrouping({ without, labels }: Grouping): string {
  return `${without ? "without" : "by"} (${labels.join(", ")})`;
}

function formatRange({ log, intervalNs, offsetNs, unwrap }: LogRange): string {
  const offset = offsetNs === 0 ? "" : ` offset ${formatDuration(offsetNs)}`;
  return `${format(log)}${unwrap === null ? "" : formatUnwrap(unwrap)} [${formatDuration(intervalNs)}]${offset}`;
}

function formatUnwrap({ label, conversion, filters }: Unwrap): string {
  const value = conversion === null ? label : `${conversion}(${label})`;
  return [` | unwrap ${value}`, ...filters.map((filter) => `| ${formatLabelFilter(filter)}`)].join(" ");
}

function formatBinary(expression: BinaryOperation): string {
  const { operator, left, right, returnBool } = expression;
  const own = precedenceOf(operator);
  const fromRight = operator === "^";
  const leg = (side: MetricExpression, isLeft: boolean) => {
    const text = format(side);
    if (side.type !== "binary") return text;
    const inner = precedenceOf(side.operator);
    return inner > own || (inner === own && isLeft !== fromRight) ? text : `(${text})`;
  };
  const modifiers = `${returnBool ? " bool" : ""}${formatMatching(expression)}`;
  return `${leg(left, true)} ${operator}${modifiers} ${leg(right, false)}`;
}

function formatMatching({ matching }: BinaryOperation): string {
  if (matching === null) return "";
  const { on, labels, cardinality, include } = matching;
  const pairs = ` ${on ? "on" : "ignoring"} (${labels.join(", ")})`;
  if (cardinality === "one-to-one") return pairs;
  return `${pairs} ${cardinality === "many-to-one" ? "group_left" : "group_right"} (${include.join(", ")})`;
}
