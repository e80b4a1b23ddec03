import type { Decision } from "@sightline/alertmanager/dispatch/decision";
import { createDispatcher, type Dispatcher, type Gap } from "@sightline/alertmanager/dispatch/dispatcher";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import type { KeptAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import type { DispatcherChanges, DispatcherSnapshot } from "@sightline/alertmanager/dispatch/snapshot";
import { createMaintenance } from "@sightline/alertmanager/silence/maintenance";
import type { MaintenanceWindow } from "@sightline/alertmanager/silence/maintenance-window";
import type { Silence } from "@sightline/alertmanager/silence/silence";
import { createSilences } from "@sightline/alertmanager/silence/silences";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Outcome } from "../channels/integration.ts";
import type { ActiveConfiguration } from "./active-configuration.ts";
import { type InboxEntry, inboxEntry } from "./inbox.ts";

/** Bounds of what is kept of a tenant. */
export interface DispatchLimits {
  readonly maxAlerts: number;
  readonly maxGroups: number;
  readonly maxSilences: number;
  /** How long silences are kept after their end. */
  readonly silenceRetentionMs: number;
}

export interface TenantDispatchOptions {
  readonly tenant: string;
  readonly configuration: ActiveConfiguration;
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
  readonly snapshot: DispatcherSnapshot;
  readonly limits: DispatchLimits;
  readonly externalUrl: string;
  readonly newId: () => string;
  readonly nowMs: number;
  /** Set when nobody dispatched for a while before. */
  readonly gap?: Gap | undefined;
}

/** What is to be written of a tenant before anything is sent. */
export interface Pending {
  readonly changes: DispatcherChanges;
  readonly decisions: readonly Decision[];
}

/** A tenant's alerts between being sent and being told. */
export interface TenantDispatch {
  readonly tenant: string;
  readonly dispatcher: Dispatcher;
  configuration(): ActiveConfiguration;
  /**
   * Takes what came in. What is refused was refused before, or nobody could be told of it any more. Throws invalid_argument for what is
   * no entry.
   */
  take(entries: readonly unknown[], nowMs: number): void;
  reconfigure(configuration: ActiveConfiguration, nowMs: number): Flush[];
  learnSilences(silences: readonly Silence[], nowMs: number): void;
  learnWindows(windows: readonly MaintenanceWindow[]): void;
  /** The maintenance window of an id; undefined when it is no more. */
  windowOf(id: string): MaintenanceWindow | undefined;
  /** The ids of the maintenance windows that are open now and match an alert, whether it is kept or not. */
  maintenanceOf(alert: Pick<KeptAlert, "fingerprint" | "labels">, nowMs: number): readonly string[];
  ended(flush: Flush, outcome: Outcome, nowMs: number): void;
  attempted(flush: Flush, number: number, outcome: Outcome, nowMs: number): void;
  /** What changed since it was asked last. */
  pending(): Pending;
}

function readEntry(entry: unknown): InboxEntry {
  const read = inboxEntry.safeParse(entry);
  if (read.success) return read.data;
  throw invalid("cannot take what was sent: it is no entry that this version knows", read.error);
}

/** What people do something to may have ended just now. */
function unlessGone(act: () => unknown): void {
  try {
    act();
  } catch (thrown) {
    if (AppError.from(thrown).code !== "not_found") throw thrown;
  }
}

/** Goes on from what was written of a tenant last. */
export function createTenantDispatch(options: TenantDispatchOptions): TenantDispatch {
  const { tenant, limits, newId, externalUrl, nowMs: startMs } = options;
  let { configuration } = options;
  let decisions: Decision[] = [];
  const { silenceRetentionMs: retentionMs, maxAlerts, maxGroups } = limits;
  // Those that people made were bounded when they were made.
  const silences = createSilences({ maxSilences: Number.POSITIVE_INFINITY, retentionMs, newId });
  silences.learn(options.silences);
  const maintenance = createMaintenance({ maxWindows: Number.POSITIVE_INFINITY });
  maintenance.learn(options.windows);
  const dispatcher = createDispatcher({
    config: configuration.dispatch,
    silences,
    maintenance,
    decide: (decision) => void decisions.push(decision),
    maxAlerts,
    maxGroups,
    externalUrl,
  });
  dispatcher.restore(options.snapshot, startMs, options.gap);

  function takeOne(entry: InboxEntry, nowMs: number): void {
    switch (entry.kind) {
      case "alerts":
        dispatcher.put(entry.alerts, nowMs);
        break;
      case "ended":
        dispatcher.put(
          entry.alerts.map((alert) => ({
            ...alert,
            startsAtMs: Math.min(alert.startsAtMs ?? nowMs, nowMs),
            endsAtMs: nowMs,
          })),
          nowMs,
        );
        break;
      case "acknowledge":
        unlessGone(() => dispatcher.acknowledge(entry.target, entry.acknowledgement));
        break;
      case "unacknowledge":
        dispatcher.unacknowledge(entry.target, entry.doing);
        break;
      case "assign":
        unlessGone(() => dispatcher.assign(entry.target, entry.assignment));
        break;
      case "resolve":
        unlessGone(() => dispatcher.resolve(entry.target, entry.doing, nowMs));
    }
  }

  return {
    tenant,
    dispatcher,
    configuration: () => configuration,
    take(entries, nowMs) {
      for (const entry of entries) takeOne(readEntry(entry), nowMs);
    },
    reconfigure(next, nowMs) {
      configuration = next;
      return dispatcher.reload(next.dispatch, nowMs);
    },
    maintenanceOf: (alert, nowMs) => maintenance.mutedBy(alert, nowMs),
    learnSilences(all, nowMs) {
      silences.collect(nowMs);
      silences.learn(all);
    },
    learnWindows: maintenance.learn,
    windowOf: maintenance.get,
    ended(flush, outcome, nowMs) {
      const { receiverData } = outcome;
      if (outcome.delivered)
        dispatcher.delivered(flush, { nowMs, ...(receiverData !== undefined && { receiverData }) });
      else dispatcher.failed(flush, { nowMs, error: outcome.outcome });
    },
    attempted(flush, number, outcome, nowMs) {
      const error = outcome.delivered ? undefined : outcome.outcome;
      dispatcher.attempted(flush, { nowMs, number, ...(error !== undefined && { error }) });
    },
    pending() {
      const made = decisions;
      decisions = [];
      return { changes: dispatcher.changes(), decisions: made };
    },
  };
}
