import type { Severity } from "@sightline/model/severity";
import type { Fields } from "../fields.ts";
import { fillIn, type Json } from "../fill-in.ts";
import { filled } from "../filled.ts";
import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import { worstSeverity } from "../severity.ts";
import { defaultDetails, type PagerdutySettings } from "./config.ts";

/** In bytes and characters (PagerDuty/developer-docs, docs/events-API-v2; 512,000 as Alertmanager counts 512 KB). */
export const limits = { eventBytes: 512_000, summaryChars: 1024 } as const;

/** Of what PagerDuty documents no limit for but that of the whole event. */
const otherChars = 1024;

const urls = {
  v1: "https://events.pagerduty.com/generic/2010-04-15/create_event.json",
  v2: "https://events.pagerduty.com/v2/enqueue",
} as const;

const severities: Readonly<Record<Severity, string>> = {
  critical: "critical",
  error: "error",
  warning: "warning",
  info: "info",
  debug: "info",
};

type Action = "trigger" | "acknowledge" | "resolve";

/** The event for one notification: the group's hash is its key, so that PagerDuty makes one incident of a group. */
export function renderPagerduty(settings: PagerdutySettings, rendering: Rendering): HttpRequest {
  const { notification, acknowledgement } = rendering;
  const firing = acknowledgement === undefined ? "trigger" : "acknowledge";
  const action: Action = notification.status === "resolved" ? "resolve" : firing;
  const details = renderDetails(settings, rendering);
  if (settings.serviceKey !== undefined) return v1(settings, rendering, { action, details });
  return v2(settings, rendering, { action, details });
}

interface Event {
  readonly action: Action;
  readonly details: Json;
}

function v2(settings: PagerdutySettings, rendering: Rendering, { action, details }: Event): HttpRequest {
  const { fields, notification } = rendering;
  const client = short(fields, "client", settings.client, "Sightline");
  const event = {
    routing_key: fields.must("routingKey", settings.routingKey?.reveal() ?? ""),
    event_action: action,
    dedup_key: groupHash(notification.groupKey),
    ...filled({ client, client_url: short(fields, "clientUrl", settings.clientUrl) }),
    ...attached(settings, rendering),
  };
  const payload = {
    summary: summaryOf(settings, rendering),
    source: settings.source === undefined ? client : short(fields, "source", settings.source, client),
    severity: severityOf(settings, rendering),
    ...filled({
      class: short(fields, "class", settings.class),
      component: short(fields, "component", settings.component),
      group: short(fields, "group", settings.group),
    }),
  };
  const withDetails = (custom_details: Json) => ({ ...event, payload: { ...payload, custom_details } });
  return { url: settings.url ?? urls.v2, json: fitting(withDetails, noted(details, rendering), rendering) };
}

function v1(settings: PagerdutySettings, rendering: Rendering, { action, details }: Event): HttpRequest {
  const { fields, notification } = rendering;
  const client = short(fields, "client", settings.client, "Sightline");
  const clientUrl = short(fields, "clientUrl", settings.clientUrl);
  const event = {
    service_key: fields.must("serviceKey", settings.serviceKey?.reveal() ?? ""),
    event_type: action,
    incident_key: groupHash(notification.groupKey),
    description: summaryOf(settings, rendering),
    ...(action === "trigger" && filled({ client, client_url: clientUrl })),
  };
  const withDetails = (said: Json) => ({ ...event, details: said });
  return { url: settings.url ?? urls.v1, json: fitting(withDetails, noted(details, rendering), rendering) };
}

/** An event that is too long goes without its details (Alertmanager's encodeMessage, notify/pagerduty). */
function fitting(event: (details: Json) => object, details: Json, { fields }: Rendering): object {
  const whole = event(details);
  if (Buffer.byteLength(JSON.stringify(whole)) <= limits.eventBytes) return whole;
  fields.remark("the details were left out, since the event was longer than 512 kB");
  return event({
    error: "Custom details have been removed because the original event exceeds the maximum size of 512KB",
  });
}

function summaryOf(settings: PagerdutySettings, { fields, notification }: Rendering): string {
  const summary = fields.text("description", settings.description, plainTitle(notification));
  return fields.cut("description", summary, limits.summaryChars);
}

function severityOf(settings: PagerdutySettings, { fields, notification }: Rendering): string {
  const given = short(fields, "severity", settings.severity);
  if (given !== "") return given;
  const worst = settings.severityFromLabels ? worstSeverity(notification) : undefined;
  return worst === undefined ? "error" : severities[worst];
}

function renderDetails(settings: PagerdutySettings, { fields }: Rendering): Json {
  const templates = { ...defaultDetails, ...settings.details };
  return Object.fromEntries(
    Object.entries(templates).map(([name, value]) => [
      name,
      fillIn(value, (template) => fields.text(`details.${name}`, template, "")),
    ]),
  );
}

/** What people should know of templates that failed, and the alerts in plain form. */
function noted(details: Json, { fields, notification }: Rendering): Json {
  const note = fields.note();
  if (note === "" || details === null || typeof details !== "object") return details;
  return { ...details, note, alerts: plainText(notification) };
}

function attached(settings: PagerdutySettings, { fields }: Rendering): object {
  const fill = (name: string, template: string) => short(fields, name, template);
  const images = settings.images
    .map(({ src, alt, href }) => ({
      src: fill("images.src", src),
      alt: fill("images.alt", alt),
      href: fill("images.href", href),
    }))
    .filter(({ src }) => src !== "");
  const links = settings.links
    .map(({ href, text }) => ({ href: fill("links.href", href), text: fill("links.text", text) }))
    .filter(({ href }) => href !== "");
  return { ...(images.length > 0 && { images }), ...(links.length > 0 && { links }) };
}

function short(fields: Fields, name: string, template: string, instead = ""): string {
  return fields.cut(name, fields.text(name, template, instead), otherChars);
}
