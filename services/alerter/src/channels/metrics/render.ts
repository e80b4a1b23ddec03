import type { Rendering } from "../sending.ts";
import { truncateChars } from "../truncate.ts";
import type { AlertSeries } from "./alert-gauge.ts";

const maxLabelChars = 128;

/** The series of a notification's alerts, and whether each fires. */
export function renderMetrics({ tenant, notification }: Rendering): [series: AlertSeries, firing: boolean][] {
  const { receiver, alerts } = notification;
  const short = (value = "") => truncateChars(value, maxLabelChars);
  return alerts.map(({ labels, fingerprint, status }) => [
    { tenant, receiver, alertname: short(labels["alertname"]), severity: short(labels["severity"]), fingerprint },
    status === "firing",
  ]);
}
