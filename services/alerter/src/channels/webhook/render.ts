import { AppError } from "@sightline/errors/app-error";
import { fillIn } from "../fill-in.ts";
import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { WebhookSettings } from "./config.ts";
import { webhookMessage } from "./message.ts";
import { signatureHeaders } from "./sign.ts";

/** The request for one notification, signed where there is a secret. */
export function renderWebhook(settings: WebhookSettings, rendering: Rendering, nowMs: number): HttpRequest {
  const { fields, notification, atMs } = rendering;
  const url = fields.must("url", settings.url.reveal());
  const body = JSON.stringify(content(settings, rendering));
  const headers = { "content-type": "application/json" };
  if (settings.signingSecret === undefined) return { url, body, headers };
  const id = `msg_${groupHash(`${notification.receiver} ${notification.groupKey} ${atMs}`).slice(0, 32)}`;
  const signed = signatureHeaders(body, { id, nowMs, secret: settings.signingSecret.reveal() });
  return { url, body, headers: { ...headers, ...signed } };
}

function content({ payload, maxAlerts }: WebhookSettings, { fields, notification }: Rendering): unknown {
  const message = webhookMessage(notification, maxAlerts);
  if (payload === undefined) return message;
  try {
    return fillIn(payload, (template) => fields.must("payload", template));
  } catch (thrown) {
    fields.remark(AppError.from(thrown).message);
    return { ...message, text: plainTitle(notification), note: fields.remarks.at(-1) ?? "" };
  }
}
