import { formatNumber } from "@sightline/gotext/format-float";
import { quote } from "@sightline/gotext/quote";
import {
  type Aggregation,
  type AtModifier,
  type BinaryOperation,
  type Duration,
  type Expression,
  isSetOperator,
  type LabelMatcher,
  type VectorMatching,
  type VectorSelector,
} from "./ast.ts";
import { formatDuration } from "./durations.ts";
import { isPlainLabelName } from "./label-names.ts";

/** The query as Prometheus writes it. What it says is parsed to the same again. */
export function format(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return expression.isDuration && expression.value * 1000 === Math.round(expression.value * 1000)
        ? formatDuration(expression.value * 1000)
        : formatLiteral(expression.value);
    case "string":
      return quote(expression.value);
    case "vector-selector":
      return `${formatBare(expression)}${formatExtended(expression)}${formatTime(expression)}`;
    case "matrix-selector": {
      const { vector, window } = expression;
      return `${formatBare(vector)}[${formatLength(window)}]${formatExtended(vector)}${formatTime(vector)}`;
    }
    case "subquery": {
      const step = expression.step === null ? "" : formatLength(expression.step);
      return `${format(expression.expression)}[${formatLength(expression.window)}:${step}]${formatTime(expression)}`;
    }
    case "call":
      return `${expression.name}(${expression.arguments.map(format).join(", ")})`;
    case "aggregation":
      return formatAggregation(expression);
    case "binary":
      return formatBinary(expression);
    case "unary":
      return `${expression.operator}${format(expression.operand)}`;
    case "parentheses":
      return `(${format(expression.expression)})`;
  }
}

/** Without a sign that would be read as one of all that follows. */
function formatLiteral(value: number): string {
  return value === Number.POSITIVE_INFINITY ? "Inf" : formatNumber(value);
}

function formatBare({ name, matchers }: VectorSelector): string {
  const shown = name === "" ? matchers : matchers.slice(0, -1);
  return shown.length === 0 && name !== "" ? name : `${name}{${shown.map(formatMatcher).join(",")}}`;
}

/** A matcher as it stands in braces: `job="api"`. */
export function formatMatcher({ name, operator, value }: LabelMatcher): string {
  return `${isPlainLabelName(name) ? name : quote(name)}${operator}${quote(value)}`;
}

function formatExtended({ extended }: VectorSelector): string {
  return extended === null ? "" : ` ${extended}`;
}

function formatTime({ at, offset }: { readonly at: AtModifier | null; readonly offset: Duration | null }): string {
  return `${at === null ? "" : ` @ ${formatAt(at)}`}${offset === null ? "" : ` offset ${formatOffset(offset)}`}`;
}

function formatAt(at: AtModifier): string {
  return at.kind === "time" ? (at.ms / 1000).toFixed(3) : `${at.kind}()`;
}

/** An offset that is an operation has to stand in parentheses. */
function formatOffset(offset: Duration): string {
  if (offset.kind === "operation" && offset.operator !== "min" && offset.operator !== "max") {
    return `(${formatOperation(offset)})`;
  }
  return formatLength(offset);
}

function formatLength(duration: Duration): string {
  switch (duration.kind) {
    case "seconds": {
      const ms = duration.seconds * 1000;
      return ms === Math.round(ms) && ms !== 0 ? formatDuration(ms) : formatNumber(duration.seconds);
    }
    case "query":
      return `${duration.of}()`;
    case "negation":
      return `-${formatOperand(duration.operand)}`;
    case "operation":
      return formatOperation(duration);
  }
}

function formatOperation(duration: Extract<Duration, { kind: "operation" }>): string {
  const { operator, left, right } = duration;
  if (operator === "min" || operator === "max") return `${operator}_of(${formatPart(left)}, ${formatPart(right)})`;
  return `${formatOperand(left)} ${operator} ${formatOperand(right)}`;
}

/** A factor stays a number, where a duration alone is written as one. */
function formatPart(duration: Duration): string {
  return duration.kind === "seconds" && duration.isNumber ? formatNumber(duration.seconds) : formatLength(duration);
}

function formatOperand(duration: Duration): string {
  const text = formatPart(duration);
  const isSimple = duration.kind === "query" || (duration.kind === "seconds" && duration.seconds >= 0);
  return isSimple ? text : `(${text})`;
}

function formatAggregation({ operator, expression, parameter, without, grouping }: Aggregation): string {
  const by = without
    ? ` without (${formatLabels(grouping)}) `
    : grouping.length > 0
      ? ` by (${formatLabels(grouping)}) `
      : "";
  const inner = parameter === null ? format(expression) : `${format(parameter)}, ${format(expression)}`;
  return `${operator}${by}(${inner})`;
}

function formatLabels(labels: readonly string[]): string {
  return labels.map((label) => (isPlainLabelName(label) ? label : quote(label))).join(", ");
}

function formatBinary({ operator, left, right, returnBool, matching }: BinaryOperation): string {
  const bool = returnBool ? " bool" : "";
  const matched = formatMatching(matching, isSetOperator(operator));
  return `${format(left)} ${operator}${bool}${matched} ${format(right)}`;
}

function formatMatching(matching: VectorMatching, isSet: boolean): string {
  const { on, labels, cardinality, include, fillLeft, fillRight } = matching;
  const isGrouped = !isSet && (cardinality === "many-to-one" || cardinality === "one-to-many");
  let text = on || labels.length > 0 || isGrouped ? ` ${on ? "on" : "ignoring"} (${formatLabels(labels)})` : "";
  if (isGrouped) text += ` group_${cardinality === "many-to-one" ? "left" : "right"} (${formatLabels(include)})`;
  if (fillLeft !== null && Object.is(fillLeft, fillRight)) return `${text} fill (${formatNumber(fillLeft)})`;
  if (fillLeft !== null) text += ` fill_left (${formatNumber(fillLeft)})`;
  if (fillRight !== null) text += ` fill_right (${formatNumber(fillRight)})`;
  return text;
}
