import { groupHash } from "../group-hash.ts";
import { oneLine } from "../one-line.ts";
import { plainText, plainTitle } from "../plain.ts";
import type { Rendering } from "../sending.ts";
import { webhookMessage } from "../webhook/message.ts";
import type { EmailSettings } from "./config.ts";

/** What servers take at least in a line (RFC 5322 section 2.1.1) leaves room for this much of a subject. */
const maxHeaderChars = 900;

/** Alertmanager's DefaultEmailSubject (config/notifiers.go). */
const defaultSubject = '{{ template "email.default.subject" . }}';

/** A message before it is put into MIME. */
export interface Email {
  /** What the envelope says, as lists of addresses. */
  readonly from: string;
  readonly to: string;
  /** Subject, From and To among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly messageId: string;
  /** Of the thread that it belongs to. */
  readonly threadId: string | undefined;
  readonly date: Date;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { readonly filename: string; readonly content: string }[];
}

/** The message for one notification. */
export function renderEmail(settings: EmailSettings, rendering: Rendering): Email {
  const { fields, notification, atMs } = rendering;
  const from = fields.must("from", settings.from);
  const to = fields.must("to", settings.to);
  const headers = renderHeaders(settings, rendering, { From: from, To: to });
  const html = fields.html("html", settings.html, htmlOf(plainText(notification)));
  const given = fields.text("text", settings.text, "");
  const note = fields.note();
  const text = given === "" ? plainText(notification) : given;
  const id = groupHash(`${notification.receiver} ${notification.groupKey} ${to} ${atMs}`).slice(0, 32);
  return {
    from,
    to,
    headers,
    // The same for each attempt, so that a mailbox may tell a repetition.
    messageId: headers["Message-Id"] ?? `<${id}@${domainOf(from)}>`,
    threadId: threadIdOf(settings, rendering),
    date: new Date(atMs),
    text: note === "" ? text : `${note}\n\n${text}`,
    html: note === "" ? html : `<p>${escapeHtml(note)}</p>\n${html}`,
    attachments: settings.attachAlerts
      ? [{ filename: "alerts.json", content: JSON.stringify(webhookMessage(notification, 0), null, 2) }]
      : [],
  };
}

function renderHeaders(
  settings: EmailSettings,
  { fields, notification }: Rendering,
  addresses: Readonly<Record<string, string>>,
): Record<string, string> {
  const wanted = { Subject: defaultSubject, ...canonical(settings.headers) };
  const filled = Object.entries(wanted).map(([name, template]) => {
    const instead = name === "Subject" ? plainTitle(notification) : "";
    return [name, oneLine(fields.text(`headers.${name}`, template, instead), maxHeaderChars)];
  });
  return { ...addresses, ...Object.fromEntries(filled) };
}

/** Names as Go writes them, so that `subject` replaces ours. */
function canonical(headers: Readonly<Record<string, string>>): Record<string, string> {
  const name = (given: string) => given.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  return Object.fromEntries(Object.entries(headers).map(([given, template]) => [name(given), template]));
}

/**
 * The identity of a message that was never sent: mail programs put under it what refers to it (Alertmanager's
 * notify/email/email.go). One for each group, or for each day of a group.
 */
function threadIdOf({ threading }: EmailSettings, { notification, atMs }: Rendering): string | undefined {
  if (!threading.enabled) return undefined;
  const day = threading.threadByDate === "none" ? "" : new Date(atMs).toISOString().slice(0, 10);
  return `<alert-${groupHash(notification.groupKey).slice(0, 16)}-${day}@alertmanager>`;
}

function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? "localhost";
}

function htmlOf(text: string): string {
  return `<pre>${escapeHtml(text)}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
