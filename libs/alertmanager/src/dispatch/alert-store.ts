import type { Labels } from "../notification.ts";
import type { Route } from "../route/route.ts";
import { isResolved, type KeptAlert, mergeAlerts, type OrderedLabels, orderedLabels, overlaps } from "./kept-alert.ts";

/** Where an alert belongs: the group that a route makes of its labels. */
export interface Place {
  readonly route: Route;
  readonly groupLabels: Labels;
  /** Identifies the group among those of all routes. */
  readonly groupId: string;
  readonly groupKey: string;
}

/** An alert in the store. Whoever holds the entry sees the newest telling of it. */
export interface AlertEntry {
  alert: KeptAlert;
  readonly ordered: OrderedLabels;
  /** Where it belongs in the present configuration, with its present recipients; undefined until somebody asked. */
  places: readonly Place[] | undefined;
  /** Of how many groups it is a member. */
  memberships: number;
}

/** What a telling of an alert changed. */
export type AlertChange = "new" | "over already" | "fires again" | "resolved" | "changed" | "refreshed";

export interface PutResult {
  readonly entry: AlertEntry;
  readonly change: AlertChange;
}

/** The alerts of one tenant (provider/mem/mem.go). */
export interface AlertStore {
  /** Keeps an alert, merged with the one that is there if they overlap. Undefined when there is no room for a new one. */
  put(alert: KeptAlert, nowMs: number): PutResult | undefined;
  get(fingerprint: string): AlertEntry | undefined;
  entries(): IterableIterator<AlertEntry>;
  /** Removes what is resolved and in no group. Returns the fingerprints. */
  collect(nowMs: number): string[];
  readonly size: number;
}

/** Makes an empty store for at most `maxAlerts`. */
export function createAlertStore(maxAlerts: number): AlertStore {
  const entries = new Map<string, AlertEntry>();

  return {
    put(sent, nowMs) {
      const entry = entries.get(sent.fingerprint);
      if (entry === undefined) {
        if (entries.size >= maxAlerts) return undefined;
        const fresh = { alert: sent, ordered: orderedLabels(sent.labels), places: undefined, memberships: 0 };
        entries.set(sent.fingerprint, fresh);
        return { entry: fresh, change: isResolved(sent, nowMs) ? "over already" : "new" };
      }
      const kept = entry.alert;
      entry.alert = overlaps(kept, sent) ? mergeAlerts(kept, sent, nowMs) : sent;
      if (!sameTexts(kept.recipients, entry.alert.recipients)) entry.places = undefined;
      return { entry, change: changeOf(kept, entry.alert, nowMs) };
    },

    get: (fingerprint) => entries.get(fingerprint),
    entries: () => entries.values(),

    collect(nowMs) {
      const gone: string[] = [];
      for (const [fingerprint, { alert, memberships }] of entries) {
        if (memberships > 0 || !isResolved(alert, nowMs)) continue;
        entries.delete(fingerprint);
        gone.push(fingerprint);
      }
      return gone;
    },

    get size() {
      return entries.size;
    },
  };
}

function changeOf(before: KeptAlert, after: KeptAlert, nowMs: number): AlertChange {
  const wasResolved = isResolved(before, nowMs);
  if (wasResolved !== isResolved(after, nowMs)) return wasResolved ? "fires again" : "resolved";
  const same =
    before.startsAtMs === after.startsAtMs &&
    sameLabels(before.annotations, after.annotations) &&
    sameTexts(before.recipients, after.recipients);
  return same ? "refreshed" : "changed";
}

function sameLabels(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

function sameTexts(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}
