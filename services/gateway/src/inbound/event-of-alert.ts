import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { severityOfWord } from "./fields.ts";
import type { Labels, ToldAlert, ToldEvent } from "./told.ts";

/** Labels that name the thing that an alert is about, the most telling first. */
const targetLabels = ["service", "service_name", "service.name", "instance", "host", "host_name", "host.name", "job"];

/** The alert with its event, where its source tells nothing beside it. */
export function withEvent(alert: ToldAlert, deliveryId?: string): ToldAlert {
  return { ...alert, event: eventOfAlert(alert, deliveryId) };
}

/** An alert that is repeated is one event for each of its two ends. */
function eventOfAlert(alert: ToldAlert, deliveryId?: string): ToldEvent {
  const { labels, annotations, status, startsAtMs, endsAtMs, link } = alert;
  const timeMs = status === "firing" ? startsAtMs : endsAtMs;
  const name = labels["alertname"] ?? "alert";
  const about = annotations["summary"] ?? annotations["description"] ?? "";
  const isFiring = status === "firing";
  const title = `${name} ${isFiring ? "fires" : "is resolved"}`;
  return {
    key: JSON.stringify([fingerprintOf(labels), status, timeMs ?? deliveryId ?? ""]),
    eventType: "external_alert",
    severity: isFiring ? severityOfWord(labels["severity"] ?? "") : "info",
    category: "alert",
    target: targetOf(labels),
    title: about === "" ? title : `${title}: ${about}`,
    description: annotations["description"],
    details: { status, labels, annotations, ...(link !== undefined && link !== "" && { link }) },
    timeMs,
    traceId: labels["trace_id"] ?? annotations["trace_id"],
  };
}

function targetOf(labels: Labels): string {
  const name = targetLabels.find((label) => labels[label] !== undefined);
  return name === undefined ? "" : (labels[name] ?? "");
}
