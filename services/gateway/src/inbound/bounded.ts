import type { Dropped, DropReason, Labels, Told, ToldAlert, ToldEvent } from "./told.ts";

/** What is taken of one request. Texts in characters. */
export const INBOUND_LIMITS = {
  /** And as many events. */
  alerts: 1000,
  labels: 64,
  labelName: 128,
  labelValue: 1024,
  annotation: 8192,
  link: 2048,
} as const;

export interface SourceLabels {
  /** The source's name: which its alerts get as the label `inbound`. */
  readonly name: string;
  readonly labels: Labels;
}

/** What a request means, within the limits. */
export interface Bounded extends Omit<Told, "alerts"> {
  readonly alerts: readonly Omit<ToldAlert, "event">[];
}

/**
 * What a request means, within the limits: alerts get the source's labels, what is long for people to read is cut, and what makes an
 * alert another one when it is cut is left out, with its event. Those that are kept stand with the others.
 */
export function bounded(told: Told, source: SourceLabels): Bounded {
  const dropped: Dropped[] = [...told.dropped];
  const alerts: Omit<ToldAlert, "event">[] = [];
  const events: ToldEvent[] = [...told.events];
  for (const [at, { event, ...alert }] of told.alerts.slice(0, INBOUND_LIMITS.alerts).entries()) {
    const labels: Labels = { ...source.labels, ...alert.labels, inbound: source.name };
    const reason = problemOf(labels);
    if (reason === undefined) {
      alerts.push({ ...alert, ...cutTexts(alert), labels });
      if (event !== undefined) events.push(event);
    } else dropped.push({ reason, what: `alert ${at}, ${(labels["alertname"] ?? "").slice(0, 64)}` });
  }
  const left = [...tooMany(told.alerts.length, "alerts"), ...tooMany(events.length, "events")];
  return { ...told, alerts, events: events.slice(0, INBOUND_LIMITS.alerts), dropped: [...dropped, ...left] };
}

/** What is said of those that are more than are taken. */
export function tooMany(length: number, what: string): Dropped[] {
  const count = length - INBOUND_LIMITS.alerts;
  return count <= 0 ? [] : [{ reason: "too_many", what: `${what} after ${INBOUND_LIMITS.alerts}`, count }];
}

function problemOf(labels: Labels): DropReason | undefined {
  const entries = Object.entries(labels);
  if (entries.length > INBOUND_LIMITS.labels) return "too_many_labels";
  const isLong = ([name, value]: readonly [string, string]) =>
    name.length > INBOUND_LIMITS.labelName || value.length > INBOUND_LIMITS.labelValue;
  return entries.some(isLong) ? "label_too_long" : undefined;
}

function cutTexts({ annotations, link }: ToldAlert): Pick<ToldAlert, "annotations" | "link"> {
  const kept = Object.entries(annotations)
    .filter(([name]) => name.length <= INBOUND_LIMITS.labelName)
    .slice(0, INBOUND_LIMITS.labels)
    .map(([name, text]) => [name, cut(text, INBOUND_LIMITS.annotation)]);
  // A link that is cut leads elsewhere.
  const isUsable = link !== undefined && link.length <= INBOUND_LIMITS.link;
  return { annotations: Object.fromEntries(kept), link: isUsable ? link : undefined };
}

/** Whole characters, of which the last says that there were more. */
function cut(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, "")}…`;
}
