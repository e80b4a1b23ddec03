import { type MatcherSource, matchesAll } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import { silenceMatchers } from "./silence.ts";

/** An alert of the past. */
export interface PastAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  /** When it fired. What still does ends at the end of the time that is looked at. */
  readonly firing: readonly { readonly startMs: number; readonly endMs: number }[];
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
  /** The most alerts that are listed; all are counted. */
  readonly maxListed: number;
}

/** What a silence would have hidden, had it been there all the time. */
export interface SilencePreview {
  readonly alertCount: number;
  /** How long the alerts fired, all together. */
  readonly firingMs: number;
  /** The alerts, those with the most notifications first. */
  readonly alerts: readonly HiddenAlert[];
  /** Notifications that nobody would have got. */
  readonly hiddenNotifications: number;
  /** Notifications that would have had fewer alerts. */
  readonly shorterNotifications: number;
  /** Of the hidden ones, how many each receiver would not have got; the most first. */
  readonly hiddenByReceiver: readonly { readonly receiver: string; readonly count: number }[];
}

export interface HiddenAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly episodes: number;
  readonly firingMs: number;
  /** Notifications that told of it. */
  readonly notifications: number;
}

/** Says what a silence would have hidden of the past. Throws invalid_argument where its matchers would be refused. */
export function previewSilence({ matchers, alerts, notifications, maxListed }: PreviewOptions): SilencePreview {
  const compiled = silenceMatchers(matchers);
  const hidden = new Map<string, Counted>();
  for (const alert of alerts) if (matchesAll(compiled, alert.labels)) count(hidden, alert);
  const receivers = new Map<string, number>();
  let shorterNotifications = 0;
  for (const { receiver, fingerprints } of notifications) {
    const touched = fingerprints.flatMap((fingerprint) => hidden.get(fingerprint) ?? []);
    if (touched.length === 0) continue;
    for (const alert of touched) alert.notifications++;
    if (touched.length < fingerprints.length) shorterNotifications++;
    else receivers.set(receiver, (receivers.get(receiver) ?? 0) + 1);
  }
  const hiddenByReceiver = [...receivers].map(([receiver, amount]) => ({ receiver, count: amount }));
  return {
    alertCount: hidden.size,
    firingMs: sum([...hidden.values()].map(({ firingMs }) => firingMs)),
    alerts: [...hidden.values()].sort((a, b) => b.notifications - a.notifications).slice(0, maxListed),
    hiddenNotifications: sum(hiddenByReceiver.map((one) => one.count)),
    shorterNotifications,
    hiddenByReceiver: hiddenByReceiver.sort((a, b) => b.count - a.count),
  };
}

interface Counted extends HiddenAlert {
  episodes: number;
  firingMs: number;
  notifications: number;
}

/** The same alert may come in parts. */
function count(hidden: Map<string, Counted>, { fingerprint, labels, firing }: PastAlert): void {
  const counted = hidden.get(fingerprint) ?? { fingerprint, labels, episodes: 0, firingMs: 0, notifications: 0 };
  hidden.set(fingerprint, counted);
  counted.episodes += firing.length;
  counted.firingMs += sum(firing.map(({ startMs, endMs }) => endMs - startMs));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
