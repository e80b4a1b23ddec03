import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { VictoropsSettings } from "./config.ts";

/** In characters (help.victorops.com, incident fields glossary). */
export const maxMessageChars = 20_480;

const allowed: ReadonlySet<string> = new Set(["INFO", "WARNING", "CRITICAL"]);

/** The event for one notification; the group's hash is the incident's identity. */
export function renderVictorops(settings: VictoropsSettings, rendering: Rendering): HttpRequest {
  const { fields, notification, acknowledgement } = rendering;
  const base = settings.apiUrl.endsWith("/") ? settings.apiUrl : `${settings.apiUrl}/`;
  const routingKey = fields.must("routingKey", settings.routingKey);
  const type = fields.text("messageType", settings.messageType, "CRITICAL");
  const firing = acknowledgement !== undefined ? "ACKNOWLEDGEMENT" : allowed.has(type) ? type : "CRITICAL";
  const custom = Object.entries(settings.customFields).map(([name, template]) => [
    name,
    fields.text(`customFields.${name}`, template, ""),
  ]);
  const displayed = fields.text("entityDisplayName", settings.entityDisplayName, plainTitle(notification));
  const tool = fields.text("monitoringTool", settings.monitoringTool, "Sightline");
  const message = fields.text("stateMessage", settings.stateMessage, plainText(notification));
  const note = fields.note();
  return {
    url: `${base}${encodeURIComponent(settings.apiKey.reveal())}/${encodeURIComponent(routingKey)}`,
    json: {
      ...Object.fromEntries(custom),
      message_type: notification.status === "resolved" ? "RECOVERY" : firing,
      entity_id: groupHash(notification.groupKey),
      entity_display_name: displayed,
      state_message: fields.cut("stateMessage", note === "" ? message : `${note}\n${message}`, maxMessageChars),
      monitoring_tool: tool,
      ...(acknowledgement !== undefined && { ack_author: acknowledgement.by, ack_msg: acknowledgement.note }),
    },
  };
}
