import { commonLabels, type Labels, type Notification, type NotifiedAlert } from "@sightline/alertmanager/notification";

/** Alerts that are spelled out; of the others only the number is told. */
const maxAlerts = 20;
const maxValueChars = 500;

/** The plain form of a notification in one line, as Alertmanager's `__subject` has it: `[FIRING:2] name (labels)`. */
export function plainTitle(notification: Notification): string {
  const { alerts, groupLabels, status } = notification;
  const firing = alerts.filter((alert) => alert.status === "firing").length;
  const state = status === "firing" ? `FIRING:${firing}` : "RESOLVED";
  const others = sorted(commonLabels(alerts)).filter(([name]) => !Object.hasOwn(groupLabels, name));
  const more = others.length === 0 ? "" : ` (${others.map(([, value]) => value).join(" ")})`;
  return `[${state}] ${sorted(groupLabels)
    .map(([, value]) => value)
    .join(" ")}${more}`;
}

/** The plain form of a notification: needs no template. */
export function plainText(notification: Notification): string {
  const { alerts, truncatedAlerts } = notification;
  const told = alerts.slice(0, maxAlerts);
  const untold = alerts.length - told.length + truncatedAlerts;
  return told.map(plainAlert).join("\n") + (untold > 0 ? `\nand ${untold} more` : "");
}

/** One alert in plain form, several lines. */
export function plainAlert(alert: NotifiedAlert): string {
  const lines = [
    alert.status === "firing" ? "Firing:" : "Resolved:",
    ...sorted(alert.labels).map(line),
    ...(Object.keys(alert.annotations).length === 0 ? [] : ["Annotations:"]),
    ...sorted(alert.annotations).map(line),
    ...(alert.generatorUrl === "" ? [] : [`Source: ${alert.generatorUrl}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function line([name, value]: readonly [string, string]): string {
  return ` - ${name} = ${value.length > maxValueChars ? `${value.slice(0, maxValueChars)}…` : value}`;
}

/** The labels in the order of Alertmanager's templates: alertname first, then by name. */
export function sorted(labels: Labels): [name: string, value: string][] {
  const first = (name: string) => (name === "alertname" ? 0 : 1);
  return Object.entries(labels).sort(([a], [b]) => first(a) - first(b) || (a < b ? -1 : 1));
}
