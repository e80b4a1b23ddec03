import type { EscalationNews } from "../integration.ts";
import type { Rendering } from "../sending.ts";
import type { EscalationSettings } from "./config.ts";

/** Alerts of a group that the people of an escalation are told; of the others, only how many there are. */
const maxAlerts = 100;

/** What an escalation is told of a group. Those that fire come first. */
export function renderEscalation({ policy }: EscalationSettings, rendering: Rendering): EscalationNews {
  const { tenant, notification, atMs, care, onlyCareChanged } = rendering;
  const { alerts, truncatedAlerts } = notification;
  const firing = alerts.filter(({ status }) => status === "firing");
  const ordered = alerts.length <= maxAlerts ? alerts : [...firing, ...alerts.filter((one) => !firing.includes(one))];
  const shown = ordered.slice(0, maxAlerts);
  return {
    tenant,
    policy,
    notification: { ...notification, alerts: shown, truncatedAlerts: truncatedAlerts + alerts.length - shown.length },
    atMs,
    ...(care !== undefined && { care }),
    ...(onlyCareChanged && { onlyCareChanged }),
  };
}
