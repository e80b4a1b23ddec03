import { type Condition, parseCondition } from "@sightline/query/condition/condition";
import type { AlertingRule, RecordingRule, Rule, RuleGroup } from "../file/rule-file.ts";
import { anomalyEvents } from "../kinds/anomaly.ts";
import { type AlertCondition, parseAlertCondition } from "../kinds/composite.ts";
import { presenceOf } from "../kinds/expression.ts";
import type { EventsSource, Expression } from "../kinds/source.ts";
import { type Labels, labelsKey } from "../labels.ts";
import type { WindowLimits } from "./event-window.ts";

/** A group that is ready to be evaluated. */
export interface GroupPlan {
  readonly name: string;
  readonly queryOffsetMs: number;
  readonly limit: number;
  readonly rules: readonly RulePlan[];
}

export type RulePlan = RecordingPlan | AlertingPlan;

interface PlanBase {
  readonly id: string;
  /** Those of the group and the rule. */
  readonly labels: Labels;
}

export interface RecordingPlan extends PlanBase {
  readonly kind: "recording";
  readonly rule: RecordingRule;
}

export interface AlertingPlan extends PlanBase {
  readonly kind: "alerting";
  readonly rule: AlertingRule;
  /** The labels and annotations that are templates. */
  readonly hasTemplates: boolean;
  /** Of rules of events. */
  readonly events: EventsPlan | undefined;
  /** Of composites. */
  readonly condition: AlertCondition | undefined;
  /** What there have to be data of, where that matters and has to be asked. */
  readonly presence: Expression | undefined;
  /** Whether an alert is held while the series that it is about is not there. */
  readonly holdsSeries: boolean;
}

export interface EventsPlan {
  readonly source: EventsSource;
  readonly limits: WindowLimits;
  readonly condition: Condition;
  readonly resolveWhen: Condition | undefined;
}

/** Stands behind the name in a rule's id: a character that JSON can keep anywhere. */
const afterName = "\u0003";

/** The name in a rule's id. */
export function ruleNameOf(id: string): string {
  return id.slice(0, id.indexOf(afterName));
}

/** Makes a group ready to be evaluated. It is one of a file without problems: throws invalid_argument when it is not. */
export function planGroup({ name, queryOffsetMs = 0, limit, labels, rules }: RuleGroup): GroupPlan {
  return { name, queryOffsetMs, limit, rules: rules.map((rule) => planRule(rule, labels)) };
}

function planRule(rule: Rule, groupLabels: Labels): RulePlan {
  const labels = { ...groupLabels, ...rule.labels };
  const id = `${rule.name}${afterName}${labelsKey(labels)}`;
  if (rule.kind === "recording") return { kind: "recording", id, labels, rule };
  const { source } = rule;
  const texts = [...Object.values(labels), ...Object.values(rule.annotations)];
  return {
    kind: "alerting",
    id,
    labels,
    rule,
    hasTemplates: texts.some((text) => text.includes("{{")),
    events: eventsOf(rule),
    condition: source.kind === "composite" ? parseAlertCondition(source.condition) : undefined,
    ...presencePlan(rule),
  };
}

function presencePlan({ source, nodata }: AlertingRule): Pick<AlertingPlan, "presence" | "holdsSeries"> {
  if (nodata.policy === "ok") return { presence: undefined, holdsSeries: false };
  if (source.kind !== "query")
    return { presence: undefined, holdsSeries: source.kind === "change" || source.kind === "checks" };
  const { expression, keepsLabels } = presenceOf(source);
  return { presence: expression, holdsSeries: keepsLabels };
}

function eventsOf({ source, lateMs }: AlertingRule): EventsPlan | undefined {
  const events = source.kind === "anomaly" ? anomalyEvents(source) : source;
  if (events.kind !== "events") return undefined;
  const { condition, resolveWhen, thresholdCount, windowMs } = events;
  return {
    source: events,
    limits: { thresholdCount, windowMs, resolveWhen, lateMs },
    condition: parseCondition(condition),
    resolveWhen: resolveWhen === undefined ? undefined : parseCondition(resolveWhen),
  };
}
