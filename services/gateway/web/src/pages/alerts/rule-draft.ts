import type { Rule } from "../../api/alert-types.ts";

type MetricCondition = NonNullable<Rule["metric"]>;
type EventCondition = NonNullable<Rule["event"]>;

/** A rule while it is being written: both kinds of condition are kept, so that switching loses nothing. */
export interface RuleDraft extends Omit<Rule, "metric" | "event" | "labels" | "annotations"> {
  readonly kind: "metric" | "event";
  readonly metric: MetricCondition;
  readonly event: EventCondition;
  /** name=value */
  readonly labels: readonly string[];
  /** name=value */
  readonly annotations: readonly string[];
}

/** Changes some fields of a draft. */
export type ChangeDraft = (changes: Partial<RuleDraft>) => void;

const emptyMetric: MetricCondition = {
  query: { metric: "", matchers: [], windowSeconds: 0, groupBy: [] },
  comparison: "greater",
  threshold: 90,
  forSeconds: 300,
};

const emptyEvent: EventCondition = {
  expression: "",
  thresholdCount: 1,
  thresholdWindowSeconds: 300,
  groupBy: [],
  resolveExpression: "",
};

const emptyRule: Rule = {
  ruleId: "",
  name: "",
  description: "",
  severity: "warning",
  labels: {},
  annotations: {},
  channels: [],
  enabled: true,
  lastEvaluated: null,
  lastError: "",
};

/** The draft of an existing rule, or of a new one. */
export function draftOf(rule: Rule = emptyRule): RuleDraft {
  return {
    ...rule,
    kind: rule.event === undefined ? "metric" : "event",
    metric: rule.metric ?? emptyMetric,
    event: rule.event ?? emptyEvent,
    labels: pairsOf(rule.labels),
    annotations: pairsOf(rule.annotations),
  };
}

/** The rule that a draft has become. */
export function ruleOf(draft: RuleDraft): Rule {
  const { kind, metric, event, labels, annotations, ...rest } = draft;
  return {
    ...rest,
    ...(kind === "metric" ? { metric } : { event }),
    labels: mapOf(labels),
    annotations: mapOf(annotations),
  };
}

/** What is missing before a draft can be saved; "" when nothing is. */
export function missingIn(draft: RuleDraft): string {
  if (draft.name.trim() === "") return "Give the rule a name.";
  if (draft.kind === "metric" && draft.metric.query.metric === "") return "Choose a metric.";
  if (draft.kind === "event" && draft.event.expression.trim() === "") return "Write the expression.";
  return "";
}

/** { a: "1" } as ["a=1"]. */
export function pairsOf(map: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(map).map(([name, value]) => `${name}=${value}`);
}

/** ["a=1"] as { a: "1" }; without "=" the value is "". */
export function mapOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const cut = pair.indexOf("=");
      return cut < 0 ? [pair.trim(), ""] : [pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()];
    }),
  );
}
