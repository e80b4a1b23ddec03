import { commonLabels } from "@sightline/alertmanager/notification";
import { filled } from "../filled.ts";
import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import type { OpsgenieSettings } from "./config.ts";

/** In characters (docs.opsgenie.com, alert API, create alert; alerts and alert fields). */
export const limits = {
  message: 130,
  description: 15_000,
  details: 8000,
  tags: 20,
  tag: 50,
  actions: 10,
  action: 50,
  entity: 512,
  source: 100,
  note: 25_000,
  user: 100,
} as const;

/** The requests for one notification, in order. The group's hash is the alert's alias. */
export function renderOpsgenie(settings: OpsgenieSettings, rendering: Rendering): HttpRequest[] {
  const { fields, notification, acknowledgement } = rendering;
  const base = settings.apiUrl.endsWith("/") ? settings.apiUrl : `${settings.apiUrl}/`;
  const alias = groupHash(notification.groupKey);
  const headers = { authorization: `GenieKey ${fields.must("apiKey", settings.apiKey.reveal()).trim()}` };
  const of = (what: string) => `${base}v2/alerts/${alias}/${what}?identifierType=alias`;
  const source = fields.cut("source", fields.text("source", settings.source, ""), limits.source);
  if (notification.status === "resolved") return [{ url: of("close"), headers, json: { source } }];
  if (acknowledgement !== undefined) {
    const user = fields.cut("user", acknowledgement.by, limits.user);
    const note = fields.cut("note", acknowledgement.note, limits.note);
    return [{ url: of("acknowledge"), headers, json: { user, note, source } }];
  }
  const alert = { alias, ...content(settings, rendering), source };
  const create = { url: `${base}v2/alerts`, headers, json: alert };
  if (!settings.updateAlerts) return [create];
  const { message, description } = alert;
  return [
    create,
    { method: "PUT", url: of("message"), headers, json: { message } },
    { method: "PUT", url: of("description"), headers, json: { description } },
  ];
}

function content(settings: OpsgenieSettings, rendering: Rendering) {
  const { fields, notification } = rendering;
  const cut = (name: string, text: string, max: number) => fields.cut(name, fields.text(name, text, ""), max);
  const message = fields.text("message", settings.message, plainTitle(notification));
  const described = fields.text("description", settings.description, plainText(notification));
  const tags = list(fields.text("tags", settings.tags, "")).slice(0, limits.tags);
  const actions = list(fields.text("actions", settings.actions, "")).slice(0, limits.actions);
  const optional = {
    note: cut("note", settings.note, limits.note),
    priority: fields.text("priority", settings.priority, ""),
    entity: cut("entity", settings.entity, limits.entity),
  };
  const responders = renderResponders(settings, rendering);
  const details = renderDetails(settings, rendering);
  // After all templates: it tells of those that failed.
  const note = fields.note();
  const description = note === "" ? described : `${note}\n${described}`;
  return {
    message: fields.cut("message", message, limits.message),
    description: fields.cut("description", description, limits.description),
    details,
    ...(responders.length > 0 && { responders }),
    ...(tags.length > 0 && { tags: tags.map((tag) => fields.cut("tags", tag, limits.tag)) }),
    ...(actions.length > 0 && { actions: actions.map((action) => fields.cut("actions", action, limits.action)) }),
    ...filled(optional),
  };
}

/** The common labels and what is set beside them, as far as all of it together is taken. */
function renderDetails(settings: OpsgenieSettings, { fields, notification }: Rendering): Record<string, string> {
  const set = Object.entries(settings.details).map(([name, template]) => [
    name,
    fields.text(`details.${name}`, template, ""),
  ]);
  const all: Record<string, string> = { ...commonLabels(notification.alerts), ...Object.fromEntries(set) };
  let left = limits.details;
  const kept = Object.entries(all).filter(([name, value]) => {
    left -= name.length + value.length;
    return left >= 0;
  });
  if (kept.length < Object.keys(all).length) fields.remark(`details were cut to ${limits.details} characters`);
  return Object.fromEntries(kept);
}

function renderResponders(settings: OpsgenieSettings, { fields }: Rendering): Record<string, string>[] {
  return settings.responders.flatMap((responder, index) => {
    const filled = Object.entries(responder)
      .map(([name, template]) => [name, fields.text(`responders.${index}.${name}`, template, "")] as const)
      .filter(([, text]) => text !== "");
    const { type = "", name = "", ...rest } = Object.fromEntries(filled);
    if (filled.length === 0) return [];
    if (type === "teams") return list(name).map((team) => ({ name: team, type: "team" }));
    return [{ ...rest, ...(name !== "" && { name }), type }];
  });
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
