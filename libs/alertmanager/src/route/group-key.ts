import { quote } from "@sightline/gotext/quote";
import { labelValue, sortedNames } from "../label-order.ts";
import type { Labels } from "../notification.ts";
import type { Route } from "./route.ts";

/** The labels that decide which group of a node an alert belongs to: those of `group_by` that it has. */
export function groupLabelsOf({ options }: Route, labels: Labels): Labels {
  if (options.groupByAll) return labels;
  const names = Object.keys(labels).filter((name) => options.groupBy.has(name));
  return Object.fromEntries(names.map((name) => [name, labelValue(labels, name)]));
}

/**
 * The group's identity as Alertmanager prints it, `{}/{team="x"}:{alertname="y", env="z"}`. PagerDuty, Opsgenie and webhooks know open
 * incidents by it or by its hash: its form is for ever.
 */
export function groupKeyOf(route: Route, groupLabels: Labels): string {
  return `${route.key}:${formatLabels(groupLabels)}`;
}

/** Labels as Prometheus prints them (model.LabelSet.String), `{alertname="y", env="z"}`: sorted by name, values in Go's quotes. */
export function formatLabels(labels: Labels): string {
  return `{${sortedNames(labels)
    .map((name) => `${name}=${quote(labelValue(labels, name))}`)
    .join(", ")}}`;
}
