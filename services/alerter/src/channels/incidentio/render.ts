import type { HttpRequest } from "../http.ts";
import type { Rendering } from "../sending.ts";
import { webhookMessage } from "../webhook/message.ts";
import type { IncidentioSettings } from "./config.ts";

/** In bytes, as Alertmanager has it (notify/incidentio/incidentio.go). */
export const maxMessageBytes = 512 * 1024;

/** The webhook's message; one that is too long goes with its first alert only, since one is made of them anyway. */
export function renderIncidentio(settings: IncidentioSettings, { fields, notification }: Rendering): HttpRequest {
  const { url, maxAlerts, alertSourceToken } = settings;
  const message = { ...webhookMessage(notification, maxAlerts), version: "1" };
  const fits = Buffer.byteLength(JSON.stringify(message)) <= maxMessageBytes;
  if (!fits) fields.remark(`all alerts but the first were left out, since messages may have ${maxMessageBytes} bytes`);
  return {
    url,
    ...(alertSourceToken !== undefined && { headers: { authorization: `Bearer ${alertSourceToken.reveal()}` } }),
    json: fits ? message : { ...message, alerts: message.alerts.slice(0, 1) },
  };
}
