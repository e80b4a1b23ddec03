import type { Decision } from "@sightline/alertmanager/dispatch/decision";
import { createDispatcher, type Dispatcher, type Gap } from "@sightline/alertmanager/dispatch/dispatcher";
import type { Flush } from "@sightline/alertmanager/dispatch/flush";
import { placesOf } from "@sightline/alertmanager/dispatch/group";
import { isResolved, type KeptAlert, type PostedAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import type { DispatcherChanges, DispatcherSnapshot } from "@sightline/alertmanager/dispatch/snapshot";
import { createMaintenance } from "@sightline/alertmanager/silence/maintenance";
import type { MaintenanceWindow } from "@sightline/alertmanager/silence/maintenance-window";
import { type Silence, silenceState } from "@sightline/alertmanager/silence/silence";
import { createSilences } from "@sightline/alertmanager/silence/silences";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Outcome } from "../channels/integration.ts";
import type { ActiveConfiguration } from "./active-configuration.ts";
import type { DispatchTotals } from "./dispatch-metrics.ts";
import { type InboxEntry, inboxEntry } from "./inbox.ts";
import { createReceiverHealth, lastingAsNow } from "./receiver-health.ts";
import { createRoomWatch } from "./room-watch.ts";

/** Bounds of what is kept of a tenant. */
export interface DispatchLimits {
  readonly maxAlerts: number;
  readonly maxGroups: number;
  readonly maxSilences: number;
  /** How long silences are kept after their end. */
  readonly silenceRetentionMs: number;
  /** Attempts that have to fail in a row, and for how long, until a receiver counts as unreachable. */
  readonly failuresUntilAlert: number;
  readonly failingForMs: number;
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
  /** Alerts that came in and were none. */
  readonly refused: number;
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
  /** What there is now, for metrics. */
  totals(nowMs: number): DispatchTotals;
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

/** How much later than it is due a group may have its turn. */
const DUE_WITHIN_MS = 60_000;

/** Goes on from what was written of a tenant last. */
export function createTenantDispatch(options: TenantDispatchOptions): TenantDispatch {
  const { tenant, limits, newId, externalUrl, nowMs: startMs } = options;
  let { configuration } = options;
  let decisions: Decision[] = [];
  let refused = 0;
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
  const alerts = options.snapshot.alerts.map((alert) => lastingAsNow(alert, startMs));
  dispatcher.restore({ ...options.snapshot, alerts }, startMs, options.gap);
  // So that they are kept as they last now: whoever goes on after this one does not have them last longer again.
  dispatcher.put(
    alerts.filter((alert, at) => alert !== options.snapshot.alerts[at]),
    startMs,
  );
  const room = createRoomWatch({ dispatcher, maxAlerts, maxGroups });
  const health = createReceiverHealth({ dispatcher, ...limits, alerts });

  function put(alerts: readonly PostedAlert[], nowMs: number): void {
    // What there is no room for is a decision.
    refused += dispatcher.put(alerts, nowMs).filter(({ kind }) => kind === "invalid").length;
  }

  /** Until every group that the alert belongs to was due once more. */
  function toldWithinMs({ labels, recipients = [] }: Pick<PostedAlert, "labels" | "recipients">): number {
    const waits = placesOf(configuration.dispatch, { labels, recipients }).map(({ route: { options: route } }) =>
      Math.max(route.groupWaitMs, route.groupIntervalMs),
    );
    return Math.max(0, ...waits) + DUE_WITHIN_MS;
  }

  function takeOne(entry: InboxEntry, nowMs: number): void {
    switch (entry.kind) {
      case "alerts":
        put(
          entry.alerts.map((alert) =>
            alert.isOver === true ? { ...alert, endsAtMs: nowMs + toldWithinMs(alert) } : alert,
          ),
          nowMs,
        );
        break;
      case "ended":
        put(
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
      room.look(nowMs);
    },
    reconfigure(next, nowMs) {
      configuration = next;
      health.retain((place) => next.integrationOf(place) !== undefined, nowMs);
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
      const { remarks = [] } = outcome;
      const error = outcome.delivered ? undefined : outcome.outcome;
      dispatcher.attempted(flush, { nowMs, number, remarks, ...(error !== undefined && { error }) });
      health.attempted(flush, outcome, nowMs);
    },
    totals(nowMs) {
      const { logEntries, groups, inFlight } = dispatcher.stats();
      return {
        ...alertTotals(dispatcher, nowMs),
        ...silenceTotals(silences.all(), nowMs),
        logEntries,
        groups,
        inFlight,
      };
    },
    pending() {
      const made = { decisions, refused };
      decisions = [];
      refused = 0;
      return { changes: dispatcher.changes(), ...made };
    },
  };
}

function alertTotals(dispatcher: Dispatcher, nowMs: number): Pick<DispatchTotals, "activeAlerts" | "suppressedAlerts"> {
  const { alerts, groups } = dispatcher.snapshot();
  const hidden = new Set<string>();
  for (const group of groups) {
    for (const fingerprint of group.hiddenBy === "" ? Object.keys(group.hidden) : group.members)
      hidden.add(fingerprint);
  }
  const firing = alerts.filter((alert) => !isResolved(alert, nowMs));
  const suppressedAlerts = firing.filter(({ fingerprint }) => hidden.has(fingerprint)).length;
  return { activeAlerts: firing.length - suppressedAlerts, suppressedAlerts };
}

function silenceTotals(silences: Iterable<Silence>, nowMs: number) {
  const counts = { active: 0, pending: 0, expired: 0 };
  for (const silence of silences) counts[silenceState(silence, nowMs)]++;
  return { activeSilences: counts.active, pendingSilences: counts.pending, expiredSilences: counts.expired };
}
