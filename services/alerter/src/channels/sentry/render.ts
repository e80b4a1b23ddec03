import { commonAnnotations, commonLabels } from "@sightline/alertmanager/notification";
import type { Severity } from "@sightline/model/severity";
import { filled } from "../filled.ts";
import { groupHash } from "../group-hash.ts";
import type { HttpRequest } from "../http.ts";
import { linksOf } from "../links.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import { worstSeverity } from "../severity.ts";
import { truncateChars } from "../truncate.ts";
import { webhookMessage } from "../webhook/message.ts";
import { type Dsn, parseDsn, type SentrySettings } from "./config.ts";

/** In characters and bytes (develop.sentry.dev, sdk/data-model: event payloads, envelopes). */
export const limits = { message: 8192, tagName: 32, tagValue: 200, tags: 50, eventBytes: 1_000_000 } as const;

const levels: Readonly<Record<Severity, string>> = {
  critical: "fatal",
  error: "error",
  warning: "warning",
  info: "info",
  debug: "debug",
};

/** The envelope for one notification: an event whose fingerprint is the group's. */
export function renderSentry(settings: SentrySettings, rendering: Rendering, nowMs: number): HttpRequest {
  const { publicKey, envelopeUrl }: Dsn = parseDsn(settings.dsn.reveal()) ?? { publicKey: "", envelopeUrl: "" };
  const event = JSON.stringify(eventOf(settings, rendering));
  const whole = Buffer.byteLength(event) <= limits.eventBytes ? event : JSON.stringify(short(settings, rendering));
  const head = { event_id: eventId(rendering), sent_at: new Date(nowMs).toISOString() };
  const item = { type: "event", content_type: "application/json", length: Buffer.byteLength(whole) };
  return {
    url: envelopeUrl,
    headers: {
      "content-type": "application/x-sentry-envelope",
      "x-sentry-auth": `Sentry sentry_version=7, sentry_client=sightline/1.0, sentry_key=${publicKey}`,
    },
    body: `${JSON.stringify(head)}\n${JSON.stringify(item)}\n${whole}\n`,
  };
}

/** The same for each attempt: Sentry keeps one event of each id. */
function eventId({ notification, atMs }: Rendering): string {
  return groupHash(`${notification.receiver} ${notification.groupKey} ${atMs}`).slice(0, 32);
}

function eventOf(settings: SentrySettings, rendering: Rendering): object {
  const { notification } = rendering;
  return {
    ...short(settings, rendering),
    extra: { ...webhookMessage(notification, 100), links: linksOf(notification) },
  };
}

/** The event without the alerts. */
function short(settings: SentrySettings, rendering: Rendering): object {
  const { fields, notification, atMs, tenant } = rendering;
  const { alerts, groupKey, receiver, reason, status } = notification;
  const subject = fields.text("message", settings.message, plainTitle(notification));
  const optional = {
    environment: fields.text("environment", settings.environment, ""),
    release: fields.text("release", settings.release, ""),
  };
  const note = fields.note();
  const details = note === "" ? [] : [note, plainText(notification)];
  const { summary = "", description = "" } = commonAnnotations(alerts);
  const text = [subject, summary, description, ...details].filter((part) => part !== "").join("\n");
  const severity = worstSeverity(notification) ?? "error";
  return {
    event_id: eventId(rendering),
    timestamp: atMs / 1000,
    platform: "other",
    logger: "sightline.alert",
    level: status === "resolved" ? "info" : levels[severity],
    logentry: { formatted: fields.cut("message", text, limits.message) },
    fingerprint: [groupHash(groupKey)],
    tags: tagsOf({ ...commonLabels(alerts), tenant, receiver, reason, status }),
    ...filled(optional),
  };
}

/** Labels as tags: names of other characters, lines and what is too long Sentry would discard. */
function tagsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  const tags = Object.entries(labels)
    .filter(([, value]) => value !== "")
    .slice(-limits.tags)
    .map(([name, value]) => [
      name.replace(/[^a-zA-Z0-9_.:-]/g, "_").slice(0, limits.tagName),
      truncateChars(value.replace(/\s+/g, " "), limits.tagValue),
    ]);
  return Object.fromEntries(tags);
}
