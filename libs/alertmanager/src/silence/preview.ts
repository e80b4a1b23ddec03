import type { FiringTime } from "../dispatch/firing-times.ts";
import { type MatcherSource, matchesAll } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import { silenceMatchers } from "./silence.ts";

/** An alert of the past. */
export interface PastAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  /** When it fired. What still does ends at the end of the time that is looked at. */
  readonly firing: readonly FiringTime[];
}

/** A notification of the past. */
export interface PastNotification {
  readonly atMs: number;
  readonly receiver: string;
  /** The alerts that it was about. */
  readonly fingerprints: readonly string[];
}

export interface PreviewOptions {
  readonly matchers: readonly MatcherSource[];
  readonly alerts: Iterable<PastAlert>;
  readonly notifications: Iterable<PastNotification>;
  /** The most alerts, and the most names of alerts, that are listed; all are counted. */
  readonly maxListed: number;
}

/** What a silence would have hidden, had it been there all the time. */
export interface SilencePreview {
  readonly alertCount: number;
  /** How often they began to fire. */
  readonly episodes: number;
  /** How long the alerts fired, all together. */
  readonly firingMs: number;
  /** The alerts, those with the most notifications first. */
  readonly alerts: readonly HiddenAlert[];
  /** The same by the label `alertname`, those with the most notifications first. */
  readonly byAlertname: readonly HiddenAlertname[];
  /** Notifications that nobody would have got. */
  readonly hiddenNotifications: number;
  /** Notifications that would have had fewer alerts. */
  readonly shorterNotifications: number;
  /** The receivers of these notifications, those with the most hidden ones first. */
  readonly byReceiver: readonly HiddenReceiver[];
}

export interface HiddenAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly episodes: number;
  readonly firingMs: number;
  /** Notifications that told of it. */
  readonly notifications: number;
  /** When it began to fire first, and when it fired last; undefined where nobody knows. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
}

export interface HiddenAlertname {
  readonly alertname: string;
  readonly alerts: number;
  readonly episodes: number;
  /** Notifications that told of any of them. */
  readonly notifications: number;
}

export interface HiddenReceiver {
  readonly receiver: string;
  readonly hidden: number;
  readonly shorter: number;
}

/** Says what a silence would have hidden of the past. Throws invalid_argument where its matchers would be refused. */
export function previewSilence({ matchers, alerts, notifications, maxListed }: PreviewOptions): SilencePreview {
  const compiled = silenceMatchers(matchers);
  const hidden = new Map<string, Counted>();
  for (const alert of alerts) if (matchesAll(compiled, alert.labels)) countAlert(hidden, alert);
  const names = namesOf(hidden.values());
  const receivers = new Map<string, Writable<HiddenReceiver>>();
  for (const notification of notifications) countNotification(notification, { hidden, names, receivers });
  const byReceiver = [...receivers.values()].sort((a, b) => b.hidden - a.hidden || b.shorter - a.shorter);
  const all = [...hidden.values()];
  return {
    alertCount: hidden.size,
    episodes: sum(all.map(({ episodes }) => episodes)),
    firingMs: sum(all.map(({ firingMs }) => firingMs)),
    alerts: mostNotified(all, maxListed),
    byAlertname: mostNotified([...names.values()], maxListed),
    hiddenNotifications: sum(byReceiver.map((one) => one.hidden)),
    shorterNotifications: sum(byReceiver.map((one) => one.shorter)),
    byReceiver,
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Counted = Writable<HiddenAlert>;

interface Counts {
  readonly hidden: ReadonlyMap<string, Counted>;
  readonly names: ReadonlyMap<string, Writable<HiddenAlertname>>;
  readonly receivers: Map<string, Writable<HiddenReceiver>>;
}

/** The same alert may come in parts. */
function countAlert(hidden: Map<string, Counted>, { fingerprint, labels, firing }: PastAlert): void {
  const counted = hidden.get(fingerprint) ?? {
    fingerprint,
    labels,
    episodes: 0,
    firingMs: 0,
    notifications: 0,
    firstMs: undefined,
    lastMs: undefined,
  };
  hidden.set(fingerprint, counted);
  counted.episodes += firing.length;
  for (const { startMs, endMs } of firing) {
    counted.firingMs += endMs - startMs;
    counted.firstMs = Math.min(counted.firstMs ?? startMs, startMs);
    counted.lastMs = Math.max(counted.lastMs ?? endMs, endMs);
  }
}

function namesOf(alerts: Iterable<HiddenAlert>): Map<string, Writable<HiddenAlertname>> {
  const names = new Map<string, Writable<HiddenAlertname>>();
  for (const { labels, episodes } of alerts) {
    const alertname = labels["alertname"] ?? "";
    const counted = names.get(alertname) ?? { alertname, alerts: 0, episodes: 0, notifications: 0 };
    names.set(alertname, counted);
    counted.alerts++;
    counted.episodes += episodes;
  }
  return names;
}

function countNotification({ receiver, fingerprints }: PastNotification, { hidden, names, receivers }: Counts): void {
  const touched = fingerprints.flatMap((fingerprint) => hidden.get(fingerprint) ?? []);
  if (touched.length === 0) return;
  for (const alert of touched) alert.notifications++;
  for (const alertname of new Set(touched.map(({ labels }) => labels["alertname"] ?? ""))) {
    const counted = names.get(alertname);
    if (counted !== undefined) counted.notifications++;
  }
  const counted = receivers.get(receiver) ?? { receiver, hidden: 0, shorter: 0 };
  receivers.set(receiver, counted);
  if (touched.length < fingerprints.length) counted.shorter++;
  else counted.hidden++;
}

function mostNotified<T extends { readonly notifications: number; readonly episodes: number }>(
  all: readonly T[],
  count: number,
): T[] {
  return [...all].sort((a, b) => b.notifications - a.notifications || b.episodes - a.episodes).slice(0, count);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
