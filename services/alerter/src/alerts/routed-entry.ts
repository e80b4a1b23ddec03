import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { InboxEntry } from "../dispatch/inbox.ts";
import { storable } from "../dispatch/storable.ts";
import type { AlertState } from "../evaluate/decide.ts";
import type { Alert } from "./alert.ts";
import type { Labels } from "./labels.ts";

/** What a step of an alert means to the routes. */
export interface RoutedStep {
  readonly to: AlertState;
  readonly atMs: number;
  readonly actor: string;
  readonly note: string;
}

/** A rule says when its alert ends: none of them ends by itself. */
const FAR_MS = 100 * 365 * 24 * 3_600_000;

/** Hands a step on to where alerts are routed, or undefined for one that routes know nothing of. */
export function routedEntry(alert: Alert, { to, atMs, actor, note }: RoutedStep): InboxEntry | undefined {
  const startsAtMs = (alert.firedAt ?? alert.pendingSince ?? new Date(atMs)).getTime();
  switch (to) {
    case "pending":
      return undefined;
    case "firing":
      return { kind: "alerts", alerts: [{ ...posted(alert), startsAtMs, endsAtMs: startsAtMs + FAR_MS }] };
    case "resolved":
      // What never fired was never routed.
      if (alert.firedAt === null) return undefined;
      return { kind: "ended", alerts: [{ ...posted(alert), startsAtMs }] };
    case "acknowledged":
      return {
        kind: "acknowledge",
        target: { fingerprint: fingerprintOf(routedLabels(alert)) },
        acknowledgement: { by: storable(actor), note: storable(note), atMs },
      };
  }
}

function posted(alert: Alert) {
  const { origin, summary, annotations } = alert;
  return { labels: routedLabels(alert), annotations: origin === "rule" ? { summary, ...annotations } : annotations };
}

/** As Prometheus would send them: with the rule's name and how bad it is. Those of rule files have what their rule says. */
export function routedLabels({
  origin,
  labels,
  ruleName,
  severity,
}: Pick<Alert, "origin" | "labels" | "ruleName" | "severity">): Labels {
  return origin === "rule" ? { severity, ...labels, alertname: ruleName } : labels;
}
