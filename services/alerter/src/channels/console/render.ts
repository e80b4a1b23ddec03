import type { Rendering } from "../sending.ts";

/** One line of the log. */
export interface Line {
  readonly fields: object;
  readonly message: string;
}

/** A line for each alert, its labels as fields. */
export function renderConsole({ tenant, notification, acknowledgement }: Rendering): Line[] {
  const { receiver, groupKey, reason } = notification;
  return notification.alerts.map(({ status, labels, annotations, fingerprint }) => {
    const said = annotations["summary"] ?? annotations["description"] ?? labels["alertname"] ?? fingerprint;
    const state = acknowledgement !== undefined && status === "firing" ? "acknowledged" : status;
    return {
      fields: { tenant, receiver, groupKey, reason, status, labels, annotations, fingerprint, acknowledgement },
      message: `alert ${state}: ${said}`,
    };
  });
}
