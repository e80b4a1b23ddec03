import { quote } from "@sightline/gotext/quote";
import type {
  BinaryOperation,
  Expression,
  LogExpression,
  MetricExpression,
  RangeAggregation,
  VectorAggregation,
} from "./ast.ts";
import { format, formatGrouping, formatMatching, formatRangeEnd, needsParentheses, type Printed } from "./format.ts";
import { formatMatcher, formatStage } from "./format-stage.ts";

/** What is longer than this is broken into lines. */
const maxWidth = 100;

/** Prints a query as people like to read it: in one line where it is short, else one stage, operand or argument to a line. */
export function formatPretty(expression: Expression): string {
  return pretty(expression, 0, new Map());
}

function indentation(level: number): string {
  return "  ".repeat(level);
}

/** Prints an expression that begins at a level; what it is behind is not in the text, what follows has its indentation. */
function pretty(expression: Expression, level: number, printed: Printed): string {
  const indent = indentation(level);
  const flat = format(expression, printed);
  if (indent.length + flat.length <= maxWidth) return indent + flat;
  switch (expression.type) {
    case "log":
      return prettyLog(expression, level);
    case "binary":
      return prettyBinary(expression, level, printed);
    case "range_aggregation":
      return prettyRange(expression, level);
    case "vector_aggregation":
      return prettyVector(expression, level, printed);
    case "label_replace": {
      const { inner, destination, replacement, source, pattern } = expression;
      const texts = [destination, replacement, source, pattern].map(
        (text) => `${indentation(level + 1)}${quote(text)}`,
      );
      return call("label_replace", [pretty(inner, level + 1, printed), ...texts], level);
    }
    default:
      return indent + flat;
  }
}

function call(name: string, parameters: readonly string[], level: number): string {
  return `${indentation(level)}${name}(\n${parameters.join(",\n")}\n${indentation(level)})`;
}

function prettyLog({ matchers, stages }: LogExpression, level: number): string {
  const selector = `${indentation(level)}{${matchers.map(formatMatcher).join(", ")}}`;
  return [selector, ...stages.map((stage) => `${indentation(level + 1)}${formatStage(stage)}`)].join("\n");
}

function prettyRange({ operation, range, parameter, grouping }: RangeAggregation, level: number): string {
  const log = `${prettyLog(range.log, level + 1)}${formatRangeEnd(range, `\n${indentation(level + 2)}`)}`;
  const parameters = parameter === null ? [log] : [`${indentation(level + 1)}${parameter}`, log];
  return `${call(operation, parameters, level)}${grouping === null ? "" : ` ${formatGrouping(grouping)}`}`;
}

function prettyVector(expression: VectorAggregation, level: number, printed: Printed): string {
  const { operation, grouping, parameter, inner } = expression;
  const name = grouping === null ? operation : `${operation} ${formatGrouping(grouping)} `;
  const parameters = parameter === null ? [] : [`${indentation(level + 1)}${parameter}`];
  return call(name, [...parameters, pretty(inner, level + 1, printed)], level);
}

function prettyBinary(expression: BinaryOperation, level: number, printed: Printed): string {
  const leg = (side: MetricExpression, name: "left" | "right") => {
    if (!needsParentheses(expression, name)) return pretty(side, level + 1, printed);
    return `${indentation(level + 1)}(\n${pretty(side, level + 2, printed)}\n${indentation(level + 1)})`;
  };
  const operator = `${expression.operator}${expression.returnBool ? " bool" : ""}${formatMatching(expression)}`;
  // Not joined: that would copy all of the left side at each operator of a chain.
  return `${leg(expression.left, "left")}\n${indentation(level)}${operator}\n${leg(expression.right, "right")}`;
}
