import { withEvent } from "../event-of-alert.ts";
import { filled } from "../fields.ts";
import { nothingOf, type Told, type ToldAlert } from "../told.ts";
import type { LegacyAlert, ReadGrafana, UnifiedAlert } from "./read.ts";

/** Alerts stay what they are, with what Grafana shows beside them as annotations. */
export function translateGrafana(read: ReadGrafana): Told {
  if (read.kind === "legacy") return translateLegacy(read.alert);
  return { alerts: read.alerts.map((alert) => withEvent(unifiedAlert(alert))), events: [], dropped: read.dropped };
}

function unifiedAlert(alert: UnifiedAlert): ToldAlert {
  const { status, labels, startsAt, endsAt, generatorURL } = alert;
  const shown = filled({
    dashboard_url: alert.dashboardURL,
    panel_url: alert.panelURL,
    silence_url: alert.silenceURL,
    value_string: alert.valueString,
  });
  const annotations = { ...shown, ...alert.annotations };
  return { status, labels, annotations, startsAtMs: startsAt, endsAtMs: endsAt, link: generatorURL };
}

const statuses: Partial<Record<LegacyAlert["state"], ToldAlert["status"]>> = {
  alerting: "firing",
  no_data: "firing",
  ok: "resolved",
  paused: "resolved",
};

function translateLegacy({ ruleId, ruleName, state, title, message, ruleUrl, tags }: LegacyAlert): Told {
  const status = statuses[state];
  if (status === undefined) return nothingOf(`the state ${state} of ${ruleName}`);
  const labels = { ...tags, alertname: ruleName, rule_id: String(ruleId) };
  const annotations = filled({ summary: title, description: message });
  const alert: ToldAlert = { status, labels, annotations, link: ruleUrl };
  return { alerts: [withEvent(alert)], events: [], dropped: [] };
}
