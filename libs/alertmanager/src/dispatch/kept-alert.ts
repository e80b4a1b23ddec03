import { fingerprintOf } from "../fingerprint.ts";
import { compareBytes, labelValue, sortedNames } from "../label-order.ts";
import type { Labels } from "../notification.ts";

/** An alert as somebody sends it. Times are milliseconds since the Unix epoch. */
export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations?: Labels | undefined;
  /** Default: now, or `endsAtMs` where that is given. */
  readonly startsAtMs?: number | undefined;
  /** Default: after the configuration's `resolve_timeout`, unless it is sent again. */
  readonly endsAtMs?: number | undefined;
  readonly generatorUrl?: string | undefined;
  /** Who is to be told of it beside the routes. Default: those of before. */
  readonly recipients?: readonly string[] | undefined;
}

/** An alert as it is kept: plain data, never changed but replaced. */
export interface KeptAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** From when on it counts as resolved. */
  readonly endsAtMs: number;
  readonly generatorUrl: string;
  /** When it was sent last. */
  readonly updatedAtMs: number;
  /** Whether `endsAtMs` was not said by the sender: it is resolved then if nobody sends it again. */
  readonly timeout: boolean;
  /** Who is told of it beside the routes; unset: nobody. */
  readonly recipients?: readonly string[];
}

/**
 * The alert that a sender means (api/v2/api.go, postAlertsHandler): what is missing gets its default, labels without a value are left
 * out. A text says what is wrong with it instead.
 */
export function keptAlert(posted: PostedAlert, nowMs: number, resolveTimeoutMs: number): KeptAlert | string {
  const labels = withoutEmpty(posted.labels);
  const annotations = posted.annotations ?? {};
  const startsAtMs = posted.startsAtMs ?? posted.endsAtMs ?? nowMs;
  const endsAtMs = posted.endsAtMs ?? nowMs + resolveTimeoutMs;
  if (posted.endsAtMs !== undefined && endsAtMs < startsAtMs) {
    return `got an end ${startsAtMs - endsAtMs} ms before its start, want an end at or after the start`;
  }
  if (Object.keys(labels).length === 0) return "got no labels, want at least one that has a value";
  const problem = problemIn(labels, "label") ?? problemIn(annotations, "annotation");
  if (problem !== undefined) return problem;
  const timeout = posted.endsAtMs === undefined;
  const generatorUrl = posted.generatorUrl ?? "";
  const fingerprint = fingerprintOf(labels);
  const { recipients } = posted;
  const told = recipients === undefined ? {} : { recipients };
  return { fingerprint, labels, annotations, startsAtMs, endsAtMs, generatorUrl, updatedAtMs: nowMs, timeout, ...told };
}

function withoutEmpty(labels: Labels): Labels {
  const entries = Object.entries(labels);
  return entries.some(([, value]) => value === "")
    ? Object.fromEntries(entries.filter(([, value]) => value !== ""))
    : labels;
}

function problemIn(labels: Labels, what: "label" | "annotation"): string | undefined {
  for (const [name, value] of Object.entries(labels)) {
    if (name === "") return `got an empty name of ${article(what)}, want one`;
    if (!name.isWellFormed()) return `got the name ${JSON.stringify(name)} of ${article(what)}, want UTF-8`;
    if (!value.isWellFormed()) return `got a value of the ${what} ${JSON.stringify(name)} that is not UTF-8`;
    if (name.includes("\0") || value.includes("\0"))
      return `got a NUL in the ${what} ${JSON.stringify(name)}, want a text`;
  }
  return undefined;
}

function article(what: "label" | "annotation"): string {
  return what === "label" ? "a label" : "an annotation";
}

/** Whether its end is reached. */
export function isResolved(alert: KeptAlert, nowMs: number): boolean {
  return alert.endsAtMs <= nowMs;
}

/** Whether two tellings of an alert are about the same time and have to be merged (provider/mem/mem.go, Put). */
export function overlaps(kept: KeptAlert, sent: KeptAlert): boolean {
  return (
    (sent.endsAtMs > kept.startsAtMs && sent.endsAtMs < kept.endsAtMs) ||
    (sent.startsAtMs > kept.startsAtMs && sent.startsAtMs < kept.endsAtMs)
  );
}

/**
 * One alert of two with the same labels (alert/alert.go, Merge). The one that was sent last decides, and its annotations are those of
 * both; the start is the earliest. Of two ends that are reached the later counts; while the newer one still fires, the older one's end
 * stays if it is the later and was said by a sender. Who names no recipients leaves those that there are.
 */
export function mergeAlerts(a: KeptAlert, b: KeptAlert, nowMs: number): KeptAlert {
  const [older, newer] = b.updatedAtMs < a.updatedAtMs ? [b, a] : [a, b];
  const startsAtMs = Math.min(older.startsAtMs, newer.startsAtMs);
  const keepsEnd = isResolved(newer, nowMs) ? isResolved(older, nowMs) : !older.timeout;
  const endsAtMs = keepsEnd ? Math.max(older.endsAtMs, newer.endsAtMs) : newer.endsAtMs;
  return { ...older, ...newer, startsAtMs, endsAtMs };
}

/** Labels whose names are sorted already: what alerts are ordered by. */
export interface OrderedLabels {
  readonly labels: Labels;
  readonly names: readonly string[];
}

/** Sorts the names of labels, once for all comparisons. */
export function orderedLabels(labels: Labels): OrderedLabels {
  return { labels, names: sortedNames(labels) };
}

/** The labels that decide first. */
const foremost = ["job", "instance"];

/** The order of alerts in a notification: by `job`, `instance`, then by their labels (alert/alert.go, AlertSlice.Less). */
export function compareAlerts(a: OrderedLabels, b: OrderedLabels): number {
  for (const name of foremost) {
    const left = labelValue(a.labels, name);
    const right = labelValue(b.labels, name);
    if (left === right) continue;
    if (left === "") return 1;
    if (right === "") return -1;
    return compareBytes(left, right);
  }
  return compareLabels(a, b);
}

/** The order of sets of labels: smaller sets first, then by names and values (common/model, LabelSet.Before). */
export function compareLabels(a: OrderedLabels, b: OrderedLabels): number {
  if (a.names.length !== b.names.length) return a.names.length - b.names.length;
  for (const [at, name] of a.names.entries()) {
    const other = b.names[at] ?? "";
    // The smaller of two names is missing on the other side, and what it is missing on comes first.
    if (name !== other) return compareBytes(other, name);
    const left = labelValue(a.labels, name);
    const right = labelValue(b.labels, name);
    if (left !== right) return compareBytes(left, right);
  }
  return 0;
}

/** The alert with an end no sooner than a time, where it would have ended after another one. */
export function outlived(alert: KeptAlert, sinceMs: number, untilMs: number): KeptAlert {
  return alert.endsAtMs > sinceMs && alert.endsAtMs < untilMs ? { ...alert, endsAtMs: untilMs } : alert;
}
