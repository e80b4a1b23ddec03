import { AppError, invalid } from "@sightline/errors/app-error";
import { severityFromProto } from "@sightline/events/severity";
import type { Severity } from "@sightline/model/severity";
import {
  Comparison,
  type EventCondition,
  type MetricCondition,
  type Rule as RuleMessage,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { Severity as ProtoSeverity } from "@sightline/proto/sightline/event/v1/event";
import { Aggregation, type QueryMetricsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { type Condition, parseCondition } from "@sightline/query/condition/condition";
import type { Labels } from "../alerts/labels.ts";
import type { Threshold } from "../evaluate/window.ts";
import { checkRuleTexts, refuse } from "./rule-limits.ts";

interface RuleBase {
  readonly tenant: string;
  readonly ruleId: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly channels: readonly string[];
}

export interface MetricRule extends RuleBase {
  readonly kind: "metric";
  readonly query: QueryMetricsRequest;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly forMs: number;
}

export interface EventRule extends RuleBase, Threshold {
  readonly kind: "event";
  readonly condition: Condition;
  /** Ends the alert; without it the passing of the window does. */
  readonly resolveWhen: Condition | undefined;
  readonly groupBy: readonly string[];
}

/** A rule that is ready to be evaluated. */
export type Rule = MetricRule | EventRule;

const defaults = { thresholdCount: 1, thresholdWindowSeconds: 300, groupBy: ["target"] };
const maxCount = 1000;
const daySeconds = 24 * 3600;

/**
 * The rule with what was left out filled in, as it is kept and shown. Throws invalid_argument that names the field.
 * What the service itself says about rules (last evaluated, last error) is taken out.
 */
export function normaliseRule(rule: RuleMessage): RuleMessage {
  checkRuleTexts(rule);
  const severity = rule.severity === ProtoSeverity.UNSPECIFIED ? ProtoSeverity.WARNING : rule.severity;
  if (severity < 1 || severity > 5) throw refuse("severity", rule.severity, "1 (debug) to 5 (critical)");
  const { condition } = rule;
  if (condition === undefined) throw refuse("condition", "none", "metric or event");
  return {
    ...rule,
    severity,
    condition:
      condition.$case === "metric"
        ? { $case: "metric", value: normaliseMetric(condition.value) }
        : { $case: "event", value: normaliseEvent(condition.value) },
    lastEvaluatedUnixNano: 0n,
    lastError: "",
  };
}

function normaliseMetric(condition: MetricCondition): MetricCondition {
  const { query, comparison, threshold, forSeconds } = condition;
  if (query === undefined || query.metric.trim() === "") throw refuse("metric.query.metric", "nothing", "a name");
  if (comparison < Comparison.GREATER || comparison > Comparison.NOT_EQUAL) {
    throw refuse("metric.comparison", comparison, "1 (greater) to 6 (not equal)");
  }
  if (!Number.isFinite(threshold)) throw refuse("metric.threshold", threshold, "a finite number");
  if (forSeconds > 7 * daySeconds) throw refuse("metric.for_seconds", forSeconds, `at most ${7 * daySeconds}`);
  if (query.windowSeconds > daySeconds) {
    throw refuse("metric.query.window_seconds", query.windowSeconds, `at most ${daySeconds}`);
  }
  if (query.groupBy.length > 0 && query.aggregation === Aggregation.UNSPECIFIED) {
    throw refuse("metric.query.group_by", "labels without an aggregation", "an aggregation beside them");
  }
  return { ...condition, query: { ...query, range: undefined, stepSeconds: 0, limit: 0 } };
}

function normaliseEvent(condition: EventCondition): EventCondition {
  const thresholdCount = condition.thresholdCount || defaults.thresholdCount;
  const thresholdWindowSeconds = condition.thresholdWindowSeconds || defaults.thresholdWindowSeconds;
  if (thresholdCount > maxCount) throw refuse("event.threshold_count", thresholdCount, `1 to ${maxCount}`);
  if (thresholdWindowSeconds > daySeconds) {
    throw refuse("event.threshold_window_seconds", thresholdWindowSeconds, `1 to ${daySeconds}`);
  }
  readCondition("event.expression", condition.expression);
  if (condition.resolveExpression !== "") readCondition("event.resolve_expression", condition.resolveExpression);
  const groupBy = condition.groupBy.length === 0 ? defaults.groupBy : condition.groupBy;
  return { ...condition, thresholdCount, thresholdWindowSeconds, groupBy };
}

/** A kept rule, ready to be evaluated. */
export function compileRule(tenant: string, rule: RuleMessage): Rule {
  const { ruleId, name, description, labels, annotations, channels, condition } = normaliseRule(rule);
  const base = {
    tenant,
    ruleId,
    name,
    description,
    labels,
    annotations,
    channels,
    severity: severityFromProto(rule.severity),
  };
  if (condition?.$case === "metric" && condition.value.query !== undefined) {
    const { query, comparison, threshold, forSeconds } = condition.value;
    return { ...base, kind: "metric", query, comparison, threshold, forMs: forSeconds * 1000 };
  }
  if (condition?.$case !== "event")
    throw new AppError("internal", `cannot read the rule ${ruleId}: it has no condition`);
  const { expression, resolveExpression, thresholdCount, thresholdWindowSeconds, groupBy } = condition.value;
  return {
    ...base,
    kind: "event",
    condition: readCondition("event.expression", expression),
    resolveWhen: resolveExpression === "" ? undefined : readCondition("event.resolve_expression", resolveExpression),
    count: thresholdCount,
    windowMs: thresholdWindowSeconds * 1000,
    groupBy,
  };
}

function readCondition(field: string, source: string): Condition {
  try {
    return parseCondition(source);
  } catch (error) {
    const { message } = AppError.from(error);
    throw invalid(`cannot keep rule: ${field}: ${message}`, error);
  }
}
