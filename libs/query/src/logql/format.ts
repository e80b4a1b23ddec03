import { formatNumber, formatShort } from "@sightline/gotext/format-float";
import { quote } from "@sightline/gotext/quote";
import type {
  BinaryOperation,
  Expression,
  Grouping,
  LogExpression,
  LogRange,
  MetricExpression,
  Unwrap,
} from "./ast.ts";
import { formatDuration } from "./durations.ts";
import { formatLabelFilter, formatMatcher, formatStage } from "./format-stage.ts";
import { precedenceOf } from "./parser.ts";

/** The texts of expressions that were printed before. */
export type Printed = Map<Expression, string>;

/**
 * Prints a query in one line and in one spelling; parsing that gives the same query.
 *
 * @param printed takes the texts of all parts, for whoever wants them too
 */
export function format(expression: Expression, printed: Printed = new Map()): string {
  const known = printed.get(expression);
  if (known !== undefined) return known;
  const text = expression.type === "log" ? formatLog(expression) : formatMetric(expression, printed);
  printed.set(expression, text);
  return text;
}

function formatLog({ matchers, stages }: LogExpression): string {
  return [`{${matchers.map(formatMatcher).join(", ")}}`, ...stages.map(formatStage)].join(" ");
}

function formatMetric(expression: MetricExpression, printed: Printed): string {
  switch (expression.type) {
    case "number":
      return formatShort(expression.value);
    case "vector":
      return `vector(${formatNumber(expression.value)})`;
    case "binary":
      return formatBinary(expression, printed);
    case "range_aggregation": {
      const parameter = expression.parameter === null ? "" : `${formatNumber(expression.parameter)}, `;
      const grouping = expression.grouping === null ? "" : ` ${formatGrouping(expression.grouping)}`;
      return `${expression.operation}(${parameter}${formatRange(expression.range, printed)})${grouping}`;
    }
    case "vector_aggregation": {
      const parameter = expression.parameter === null ? "" : `${expression.parameter}, `;
      const grouping = expression.grouping === null ? "" : ` ${formatGrouping(expression.grouping)} `;
      return `${expression.operation}${grouping}(${parameter}${format(expression.inner, printed)})`;
    }
    case "label_replace": {
      const { destination, replacement, source, pattern } = expression;
      const texts = [destination, replacement, source, pattern].map((text) => quote(text));
      return `label_replace(${[format(expression.inner, printed), ...texts].join(", ")})`;
    }
  }
}

/** Prints `by (a, b)`. */
export function formatGrouping({ without, labels }: Grouping): string {
  return `${without ? "without" : "by"} (${labels.join(", ")})`;
}

function formatRange(range: LogRange, printed: Printed): string {
  return `${format(range.log, printed)}${formatRangeEnd(range, " ")}`;
}

/** Prints what follows the pipeline of a range, each part behind a separator: `| unwrap a | b="c" [5m] offset 1h`. */
export function formatRangeEnd({ intervalNs, offsetNs, unwrap }: LogRange, separator: string): string {
  const offset = offsetNs === 0 ? "" : ` offset ${formatDuration(offsetNs)}`;
  const stages = unwrap === null ? [] : formatUnwrap(unwrap);
  return [...stages.map((stage) => separator + stage), ` [${formatDuration(intervalNs)}]${offset}`].join("");
}

function formatUnwrap({ label, conversion, filters }: Unwrap): string[] {
  const value = conversion === null ? label : `${conversion}(${label})`;
  return [`| unwrap ${value}`, ...filters.map((filter) => `| ${formatLabelFilter(filter)}`)];
}

function formatBinary(expression: BinaryOperation, printed: Printed): string {
  const { operator, left, right, returnBool } = expression;
  const leg = (side: MetricExpression, name: "left" | "right") => {
    return needsParentheses(expression, name) ? `(${format(side, printed)})` : format(side, printed);
  };
  const modifiers = `${returnBool ? " bool" : ""}${formatMatching(expression)}`;
  return `${leg(left, "left")} ${operator}${modifiers} ${leg(right, "right")}`;
}

/** Whether a side of an operation has to stand in parentheses to be what it is. */
export function needsParentheses(expression: BinaryOperation, name: "left" | "right"): boolean {
  const side = expression[name];
  if (side.type !== "binary") return false;
  const own = precedenceOf(expression.operator);
  const inner = precedenceOf(side.operator);
  const bindsFrom = expression.operator === "^" ? "right" : "left";
  return inner < own || (inner === own && name !== bindsFrom);
}

/** Prints how the sides of an operation are matched, with a blank before it. */
export function formatMatching({ matching }: BinaryOperation): string {
  if (matching === null) return "";
  const { on, labels, cardinality, include } = matching;
  const pairs = ` ${on ? "on" : "ignoring"} (${labels.join(", ")})`;
  if (cardinality === "one-to-one") return pairs;
  return `${pairs} ${cardinality === "many-to-one" ? "group_left" : "group_right"} (${include.join(", ")})`;
}
