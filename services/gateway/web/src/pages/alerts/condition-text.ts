import type { Comparison, Rule } from "../../api/alert-types.ts";
import { significant } from "../../format/number.ts";
import { elapsed } from "../../time/format-time.ts";

/** The signs of comparisons. */
export const COMPARISON_SIGNS: Readonly<Record<Comparison, string>> = {
  greater: ">",
  greater_or_equal: "≥",
  less: "<",
  less_or_equal: "≤",
  equal: "=",
  not_equal: "≠",
};

/** What makes a rule fire, in one line: "avg by (host) of avg_over_time(cpu{env!=test}[5 min]) > 90 for 5 min". */
export function conditionText(rule: Pick<Rule, "metric" | "event">): string {
  if (rule.metric !== undefined) return metricText(rule.metric);
  if (rule.event !== undefined) return eventText(rule.event);
  return "no condition";
}

function metricText({ query, comparison, threshold, forSeconds }: NonNullable<Rule["metric"]>): string {
  let text = query.metric;
  if (query.matchers.length > 0) text += `{${query.matchers.join(", ")}}`;
  if (query.function !== undefined) {
    text = `${query.function}(${text}${query.windowSeconds > 0 ? ` over ${elapsed(query.windowSeconds)}` : ""})`;
  }
  if (query.aggregation !== undefined) {
    text = `${query.aggregation}${query.groupBy.length > 0 ? ` by ${query.groupBy.join(", ")}` : ""} of ${text}`;
  }
  const lasting = forSeconds > 0 ? ` for ${elapsed(forSeconds)}` : "";
  return `${text} ${COMPARISON_SIGNS[comparison]} ${significant(threshold)}${lasting}`;
}

function eventText({
  expression,
  thresholdCount,
  thresholdWindowSeconds,
  groupBy,
}: NonNullable<Rule["event"]>): string {
  const times = thresholdCount > 1 ? `, ${thresholdCount} times in ${elapsed(thresholdWindowSeconds || 300)}` : "";
  const by = groupBy.length > 0 ? ` by ${groupBy.join(", ")}` : "";
  return `${expression}${times}${by}`;
}
