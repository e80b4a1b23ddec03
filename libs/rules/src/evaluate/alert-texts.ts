import { invalid } from "@sightline/errors/app-error";
import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import { type Labels, labelsKey, withoutEmpty } from "../labels.ts";
import { type Active, type InstanceKind, storedNumber } from "./instance.ts";
import type { AlertingPlan } from "./plan.ts";
import type { Vector, VectorElement } from "./queries.ts";

/** What templates of labels and annotations can use. */
export interface AlertTemplateData {
  readonly alertName: string;
  /** Of the series, with its name. */
  readonly labels: Labels;
  readonly value: number | Histogram;
  /** The time that is evaluated, in milliseconds since the Unix epoch. */
  readonly atMs: number;
}

/** Fills a template in. Never fails: what is wrong stands in the text, as Prometheus does it. */
export type ExpandTemplate = (text: string, data: AlertTemplateData) => string | Promise<string>;

interface TextOptions {
  readonly atMs: number;
  readonly expand: ExpandTemplate;
}

const alertName = "alertname";
/** The label by which routes tell the alerts of what is not known from all others: `nodata`, `eval_error`. */
export const reasonLabel = "alert_reason";

/** The alerts that a vector makes. Rejects with invalid_argument when two of them would have the same labels. */
export async function activesOf(plan: AlertingPlan, vector: Vector, options: TextOptions): Promise<readonly Active[]> {
  const actives: Active[] = [];
  const keys = new Set<string>();
  for (const element of vector) {
    const active = plan.hasTemplates ? await filledActive(plan, element, options) : plainActive(plan, element);
    if (keys.has(active.key))
      throw invalid("vector contains metrics with the same labelset after applying alert labels");
    keys.add(active.key);
    actives.push(active);
  }
  return actives;
}

function plainActive({ rule, labels, holdsSeries }: AlertingPlan, element: VectorElement): Active {
  const { __name__, ...own } = element.labels;
  return activeOf({ ...own, ...labels, [alertName]: rule.name }, rule.annotations, element, holdsSeries);
}

async function filledActive(
  plan: AlertingPlan,
  element: VectorElement,
  { atMs, expand }: TextOptions,
): Promise<Active> {
  const { rule, labels, holdsSeries } = plan;
  const data: AlertTemplateData = { alertName: rule.name, labels: element.labels, value: element.value, atMs };
  const { __name__, ...own } = element.labels;
  const filled = await fill(labels, data, expand);
  const annotations = await fill(rule.annotations, data, expand);
  return activeOf({ ...own, ...filled, [alertName]: rule.name }, annotations, element, holdsSeries);
}

async function fill(texts: Labels, data: AlertTemplateData, expand: ExpandTemplate): Promise<Labels> {
  const filled: [string, string][] = [];
  for (const [name, text] of Object.entries(texts)) {
    if (!text.includes("{{")) filled.push([name, text]);
    else {
      const result = expand(text, data);
      filled.push([name, typeof result === "string" ? result : await result]);
    }
  }
  return Object.fromEntries(filled);
}

function activeOf(
  given: Labels,
  annotations: Labels,
  { labels: series, value }: VectorElement,
  withSeries: boolean,
): Active {
  const labels = withoutEmpty(given);
  const active = {
    key: labelsKey(labels),
    labels,
    annotations,
    value: storedNumber(typeof value === "number" ? value : 0),
  };
  return withSeries ? { ...active, series: seriesKey(series) } : active;
}

/** What a series is known by whatever its name: expressions drop it. */
export function seriesKey({ __name__, ...labels }: Labels): string {
  return labelsKey(labels);
}

/** The alert that says that nothing is known, of the whole rule or of a series. */
export function gapActive(
  plan: AlertingPlan,
  kind: Exclude<InstanceKind, "condition">,
  about: { labels: Labels; message: string },
): Active {
  const { rule } = plan;
  const policy = kind === "nodata" ? rule.nodata : rule.evalError;
  const fixed = Object.fromEntries(Object.entries(plan.labels).filter(([, text]) => !text.includes("{{")));
  const own = { [alertName]: rule.name, [reasonLabel]: kind, severity: policy.severity };
  const labels = withoutEmpty({ ...about.labels, ...fixed, ...own });
  const annotations = { summary: `${rule.name}: ${about.message}`, ...runbookOf(rule.annotations) };
  return { key: labelsKey(labels), labels, annotations, value: 0 };
}

function runbookOf({ runbook_url: runbook }: Labels): Labels {
  return runbook === undefined || runbook.includes("{{") ? {} : { runbook_url: runbook };
}
