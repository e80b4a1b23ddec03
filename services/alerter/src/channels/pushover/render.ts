import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { PushoverSettings } from "./config.ts";

/** In characters (pushover.net/api#limits). */
export const limits = { title: 250, message: 1024, url: 512, urlTitle: 100 } as const;

/** The message for one notification, as a form: in the URL, as Alertmanager sends it, secrets would be in logs. */
export function renderPushover(settings: PushoverSettings, rendering: Rendering): HttpRequest {
  const { fields, notification } = rendering;
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  const url = fields.text("url", settings.url, "");
  const form = new URLSearchParams({
    token: fields.must("token", settings.token.reveal()).trim(),
    user: fields.must("userKey", settings.userKey.reveal()).trim(),
    title: fields.cut("title", fields.text("title", settings.title, plainTitle(notification)), limits.title),
    url: fields.cut("url", url, limits.url),
    url_title: fields.cut("urlTitle", fields.text("urlTitle", settings.urlTitle, ""), limits.urlTitle),
    priority: fields.text("priority", settings.priority, notification.status === "firing" ? "1" : "0"),
    retry: seconds(settings.retryMs),
    expire: seconds(settings.expireMs),
    device: fields.text("device", settings.device, ""),
    sound: fields.text("sound", settings.sound, ""),
    message: messageOf(settings, rendering),
    ...(settings.monospace && { monospace: "1" }),
    ...(settings.ttlMs >= 1000 && { ttl: seconds(settings.ttlMs) }),
  });
  if (settings.html) form.set("html", "1");
  return {
    url: settings.apiUrl,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  };
}

/** Empty messages are refused. */
function messageOf({ html, message }: PushoverSettings, { fields, notification }: Rendering): string {
  const expand = html ? fields.html : fields.text;
  const given = expand("message", message, plainText(notification));
  const note = fields.note();
  return fields.cut("message", note === "" ? given : `${note}\n${given}`, limits.message).trim() || "(no details)";
}
