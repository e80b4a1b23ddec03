import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import { type Labels, labelsKey, withoutEmpty } from "../labels.ts";
import { type Instance, isActive } from "./instance.ts";

/** A sample that a rule writes; "stale" ends a series. */
export interface WrittenSample {
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number | Histogram | "stale";
}

/** Who takes the samples of rules. */
export interface SampleSink {
  /** Takes what can be taken, soon. Rejects with an AppError when that is not all; the rule then counts as failed. */
  append(samples: readonly WrittenSample[]): Promise<void>;
}

interface NamedRule {
  readonly name: string;
  readonly labels: Labels;
}

/** The series that say how an alert is (rules/alerting.go, sample and forStateSample): ALERTS and ALERTS_FOR_STATE. */
function alertSeries(
  { name, labels }: NamedRule,
  instance: Instance,
): { readonly state: Labels; readonly since: Labels } {
  const all = { ...labels, ...instance.labels, alertname: name };
  return {
    state: withoutEmpty({ ...all, __name__: "ALERTS", alertstate: instance.state }),
    since: withoutEmpty({ ...all, __name__: "ALERTS_FOR_STATE" }),
  };
}

/** What is written of the alerts of a rule: how they are now, and the end of what they were before and are no longer. */
export function alertSamples(
  rule: NamedRule,
  {
    before,
    after,
    atMs,
  }: { readonly before: readonly Instance[]; readonly after: readonly Instance[]; readonly atMs: number },
): readonly WrittenSample[] {
  const now = new Map(after.filter(isActive).map((instance) => [instance.key, instance]));
  const samples: WrittenSample[] = [];
  for (const instance of now.values()) {
    const { state, since } = alertSeries(rule, instance);
    samples.push({ labels: state, atMs, value: 1 });
    samples.push({ labels: since, atMs, value: Math.floor(instance.activeAtMs / 1000) });
  }
  for (const instance of before) {
    const current = now.get(instance.key);
    if (!isActive(instance) || current?.state === instance.state) continue;
    const { state, since } = alertSeries(rule, instance);
    samples.push({ labels: state, atMs, value: "stale" });
    if (current === undefined) samples.push({ labels: since, atMs, value: "stale" });
  }
  return samples;
}

/** The series of alerts that are forgotten without an end. */
export function seriesOfAlerts(rule: NamedRule, instances: readonly Instance[]): readonly Labels[] {
  return instances.filter(isActive).flatMap((instance) => Object.values(alertSeries(rule, instance)));
}

/** The ends of series that were written before and are not any more. */
export function staleSamples(
  before: readonly Labels[],
  written: readonly WrittenSample[],
  atMs: number,
): readonly WrittenSample[] {
  if (before.length === 0) return [];
  const keys = new Set(written.map(({ labels }) => labelsKey(labels)));
  return before.filter((labels) => !keys.has(labelsKey(labels))).map((labels) => ({ labels, atMs, value: "stale" }));
}
