import { formatFloat } from "@sightline/gotext/format-float";
import { compilePattern } from "@sightline/regex/pattern";
import {
  type BinaryOperation,
  type Expression,
  isSetOperator,
  type LabelFilter,
  type LabelMatcher,
  type LogExpression,
  type MetricExpression,
  type RangeAggregation,
  type VectorAggregation,
} from "./ast.ts";
import { formatLabelFilter } from "./format-stage.ts";
import { messageOf, problemAt } from "./problem.ts";
import { createLabelFilter, createMatcherTest } from "./stages/label-filter.ts";
import { ERROR_DETAILS_LABEL, ERROR_LABEL } from "./stages/line.ts";
import { createStage, filterLabels } from "./stages/pipeline.ts";

const needsMatcher =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will';

/** The functions that may have `by` and `without` of their own. */
const grouped: ReadonlySet<string> = new Set([
  ...["avg_over_time", "stddev_over_time", "stdvar_over_time", "quantile_over_time"],
  ...["max_over_time", "min_over_time", "first_over_time", "last_over_time"],
]);

/** The functions that count lines or their bytes, for which there is no value to unwrap. */
const countsLines: ReadonlySet<string> = new Set(["bytes_over_time", "bytes_rate", "count_over_time"]);

/** The functions that can do without a value. */
const withoutUnwrap: ReadonlySet<string> = new Set([...countsLines, "rate", "absent_over_time"]);

/**
 * Judges a query as Loki does before it runs: patterns, templates and paths can be used, functions fit what they are given, and a
 * selector cannot mean all streams. Throws invalid_argument with line and column.
 */
export function check(expression: Expression, source: string): void {
  const fail: Fail = (position, message) => {
    throw problemAt(source, position, message);
  };
  if (expression.type === "log") checkLog(expression, fail);
  else checkMetric(expression, fail);
}

type Fail = (position: number, message: string) => never;

/** Tries something, and fails as it does, at a position and with words before its message. */
function attempt(tried: () => void, failed: (message: string) => never): void {
  try {
    tried();
  } catch (thrown) {
    failed(messageOf(thrown));
  }
}

function checkLog({ matchers, stages, position }: LogExpression, fail: Fail): void {
  const selects = (matcher: LabelMatcher) => {
    let matchesEmpty = true;
    attempt(
      () => {
        matchesEmpty = createMatcherTest(matcher)("");
      },
      (message) => fail(matcher.position, message),
    );
    return !matchesEmpty;
  };
  if (matchers.filter(selects).length === 0) fail(position, needsMatcher);
  for (const stage of stages) {
    if (stage.type === "label_filter") checkFilter(stage.filter, fail);
    const kind = stageKinds.get(stage.type) ?? "";
    attempt(
      () => createStage(stage, 0n),
      (message) => fail(stage.position, kind + message),
    );
  }
}

const stageKinds: ReadonlyMap<string, string> = new Map([
  ["regexp", "invalid regexp parser: "],
  ["pattern", "invalid pattern parser: "],
  ["line_format", "invalid line template: "],
  ["label_format", "invalid label template: "],
]);

/** What tells of errors is text: it cannot be compared with numbers. */
function checkFilter(filter: LabelFilter, fail: Fail): void {
  if (filter.type === "and" || filter.type === "or") {
    checkFilter(filter.left, fail);
    checkFilter(filter.right, fail);
    return;
  }
  if (filter.type === "match") return;
  const [name = ""] = filterLabels(filter);
  if (name !== ERROR_LABEL && name !== ERROR_DETAILS_LABEL) return;
  fail(filter.position, `${name} is a string label and cannot be compared with ${formatLabelFilter(filter)}`);
}

function checkMetric(expression: MetricExpression, fail: Fail): void {
  switch (expression.type) {
    case "range_aggregation":
      checkRange(expression, fail);
      break;
    case "vector_aggregation":
      checkVector(expression, fail);
      break;
    case "binary":
      checkBinary(expression, fail);
      break;
    case "label_replace":
      attempt(
        () => compilePattern(expression.pattern, { anchored: true }),
        (message) => fail(expression.position, `invalid regex in label_replace: ${message}`),
      );
      checkMetric(expression.inner, fail);
      break;
    default:
  }
}

function checkRange({ operation, range, grouping, position }: RangeAggregation, fail: Fail): void {
  const { unwrap } = range;
  if (grouping !== null && !grouped.has(operation)) fail(position, `grouping not allowed for ${operation} aggregation`);
  if (unwrap !== null && countsLines.has(operation)) fail(position, `invalid aggregation ${operation} with unwrap`);
  if (unwrap === null && !withoutUnwrap.has(operation))
    fail(position, `invalid aggregation ${operation} without unwrap`);
  if (range.intervalNs === 0) fail(range.position, "range must be longer than 0s");
  checkLog(range.log, fail);
  for (const filter of unwrap?.filters ?? []) {
    checkFilter(filter, fail);
    attempt(
      () => createLabelFilter(filter),
      (message) => fail(filter.position, message),
    );
  }
}

function checkVector({ operation, grouping, inner, position }: VectorAggregation, fail: Fail): void {
  const isSort = operation === "sort" || operation === "sort_desc";
  if (isSort && grouping !== null && grouping.labels.length > 0) {
    fail(position, "sort and sort_desc doesn't allow grouping by ");
  }
  if (operation === "approx_topk" && grouping !== null)
    fail(position, `grouping not allowed for ${operation} aggregation`);
  checkMetric(inner, fail);
}

function checkBinary({ operator, left, right, matching }: BinaryOperation, fail: Fail): void {
  if (isSetOperator(operator)) {
    for (const [side, leg] of [
      ["left", left],
      ["right", right],
    ] as const) {
      if (isScalar(leg)) {
        const value = leg.type === "number" ? formatFloat(leg.value, "f", 6) : "scalar";
        fail(
          leg.position,
          `unexpected literal for ${side} leg of logical/set binary operation (${operator}): ${value}`,
        );
      }
    }
    if (matching !== null && matching.cardinality !== "one-to-one") {
      fail(right.position, `no grouping allowed for ${operator} operation`);
    }
  }
  checkMetric(left, fail);
  checkMetric(right, fail);
}

/** Whether the value is one number and not a series. */
export function isScalar(expression: MetricExpression): boolean {
  if (expression.type === "number") return true;
  return expression.type === "binary" && isScalar(expression.left) && isScalar(expression.right);
}
