import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { fillTemplate, formatLabels, formatValue, type Labels } from "../alerts/labels.ts";
import type { EventRule, MetricRule, Rule } from "../rules/rule.ts";
import { symbolOf } from "./compare.ts";

/** What an alert says for itself. */
export interface AlertTexts {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly summary: string;
}

/** Above this a summary is cut. */
const maxSummaryChars = 500;

/** The texts of an alert of a metric rule. `labels` are the series'. */
export function metricTexts(
  rule: MetricRule,
  { labels, value }: { readonly labels: Labels; readonly value: number },
): AlertTexts {
  const where = formatLabels(labels);
  const fallback = `${rule.name}: ${describeMetric(rule, value)}${where === "" ? "" : ` (${where})`}`;
  return textsOf(rule, { labels, value, fallback });
}

/** The texts of an alert of an event rule. `labels` are the group's, `event` is the newest that made it. */
export function eventTexts(
  rule: EventRule,
  { labels, count, event }: { readonly labels: Labels; readonly count: number; readonly event: SystemEvent },
): AlertTexts {
  return textsOf(rule, { labels, value: count, fallback: `${rule.name}: ${event.title}` });
}

/** "93.5, threshold > 85": true while it fires, and still clear once it is over. */
export function describeMetric({ comparison, threshold }: MetricRule, value: number): string {
  return `${formatValue(value)}, threshold ${symbolOf(comparison)} ${formatValue(threshold)}`;
}

function textsOf(
  rule: Rule,
  { labels, value, fallback }: { readonly labels: Labels; readonly value: number; readonly fallback: string },
): AlertTexts {
  const all = { ...labels, ...rule.labels, alertname: rule.name, severity: rule.severity };
  const templates = { ...(rule.description !== "" && { description: rule.description }), ...rule.annotations };
  const annotations = Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [name, fillTemplate(template, { labels: all, value })]),
  );
  const summary = annotations["summary"] || fallback;
  return { labels: all, annotations, summary: summary.slice(0, maxSummaryChars) };
}
