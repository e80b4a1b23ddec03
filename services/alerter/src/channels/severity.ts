import type { Labels, Notification } from "@sightline/alertmanager/notification";
import { SEVERITIES, type Severity } from "@sightline/model/severity";

/** The words that people write into the label `severity`. */
const meanings: Readonly<Record<string, Severity>> = {
  emergency: "critical",
  fatal: "critical",
  critical: "critical",
  crit: "critical",
  page: "critical",
  disaster: "critical",
  p1: "critical",
  error: "error",
  high: "error",
  major: "error",
  p2: "error",
  warning: "warning",
  warn: "warning",
  average: "warning",
  medium: "warning",
  minor: "warning",
  p3: "warning",
  info: "info",
  information: "info",
  informational: "info",
  notice: "info",
  low: "info",
  none: "info",
  p4: "info",
  debug: "debug",
  p5: "debug",
};

/** The severity that the label `severity` names; undefined where it names none in a word that is known. */
export function severityOfLabels(labels: Labels): Severity | undefined {
  return meanings[(labels["severity"] ?? "").toLowerCase()];
}

/**
 * The worst severity that the label `severity` of a firing alert names, or of any alert where none fires; undefined
 * where none is named in a word that is known.
 */
export function worstSeverity({ alerts }: Notification): Severity | undefined {
  const firing = alerts.filter(({ status }) => status === "firing");
  const named = new Set((firing.length > 0 ? firing : alerts).map(({ labels }) => severityOfLabels(labels)));
  return SEVERITIES.findLast((severity) => named.has(severity));
}
