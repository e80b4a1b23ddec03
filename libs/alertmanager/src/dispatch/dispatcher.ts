import { AppError } from "@sightline/errors/app-error";
import { createInhibitor } from "../inhibit/inhibitor.ts";
import { type Acknowledgement, type AcknowledgementTarget, targetKey } from "./acknowledgements.ts";
import { type AlertChange, type AlertEntry, createAlertStore } from "./alert-store.ts";
import type { Assignment } from "./assignments.ts";
import { actionOf, createCareBook, type Doing } from "./care.ts";
import { ACTION_REASONS, type Decide, RECEIVED_REASONS } from "./decision.ts";
import type { DispatchConfig, Muter } from "./dispatch-config.ts";
import type { Attempt, Delivered, Failed, Flush } from "./flush.ts";
import { createFlusher } from "./flusher.ts";
import type { Flight, Group } from "./group.ts";
import { createGroups, type FormerGroup, formerGroup } from "./groups.ts";
import { isResolved, type KeptAlert, keptAlert, outlived, type PostedAlert } from "./kept-alert.ts";
import { type AlertMute, alertMuteOf, type Muters } from "./mute.ts";
import { createNotificationLog } from "./notification-log.ts";
import { createRounds } from "./round.ts";
import { type DispatcherChanges, type DispatcherSnapshot, groupRecord } from "./snapshot.ts";
import { type AlertStatus, alertStatus, type GroupStatus, groupStatus } from "./status.ts";
import { createTouched, drain } from "./touched.ts";

export interface DispatcherOptions {
  readonly config: DispatchConfig;
  readonly silences: Muter;
  readonly maintenance: Muter;
  /** Takes every decision as it is made. */
  readonly decide: Decide;
  readonly maxAlerts: number;
  readonly maxGroups: number;
  /** Where people find the system that notifies. */
  readonly externalUrl: string;
  /** Nothing is told before: what was sent while nobody ran has time to be sent again. Default: at once. */
  readonly startsAtMs?: number;
  /** How often what is over is removed. Default: 15 minutes. */
  readonly collectIntervalMs?: number;
  /** The most that an entry of the notification log lives. Default: 120 hours. */
  readonly logRetentionMs?: number;
}

/** An alert that was not taken, and why. */
export interface Refusal {
  /** Its place among those that were sent together. */
  readonly index: number;
  /** "cannot take alert 3: got X, want Y". */
  readonly message: string;
  /** "invalid" is the sender's fault; "full" means that there is no room for another alert. */
  readonly kind: "invalid" | "full";
}

/** A time in which nobody took alerts. */
export interface Gap {
  readonly sinceMs: number;
  /** How long senders have to send their alerts again: what would have been resolved meanwhile still fires until then. */
  readonly graceMs: number;
}

export interface DispatcherStats {
  readonly alerts: number;
  readonly groups: number;
  readonly logEntries: number;
  readonly inFlight: number;
  readonly droppedAlerts: number;
  readonly droppedGroups: number;
}

/**
 * What happens between alerts that are sent and notifications that are due, for one tenant, as Alertmanager does it: alerts are kept
 * and merged, grouped, hidden or not, and compared with what was told before. It has no clock and no I/O; whoever drives it calls
 * `advance` when `nextDueMs` has come, sends what is due and says how that went. Times must not go back.
 */
export interface Dispatcher {
  /** Takes alerts. Those that are right are kept even if others are not, which are returned. */
  put(alerts: readonly PostedAlert[], nowMs: number): Refusal[];
  /** When there is something to do; undefined while there is nothing. */
  nextDueMs(): number | undefined;
  /**
   * Does what is due and returns the notifications to be sent. Each wants its `delivered` or `failed` before its deadline. To be called
   * every few minutes also when nothing is due: what is over is removed then.
   */
  advance(nowMs: number): Flush[];
  /** Says how one try went, for the record. */
  attempted(flush: Flush, attempt: Attempt): void;
  delivered(flush: Flush, outcome: Delivered): void;
  failed(flush: Flush, outcome: Failed): void;
  /**
   * Takes another configuration. Groups are made anew; one that stays keeps its timer, where Alertmanager begins to wait again.
   * Returns what is being sent for routes or receivers that are no more: it need not be sent any more.
   */
  reload(config: DispatchConfig, nowMs: number): Flush[];
  /**
   * Acknowledges, or snoozes. Throws not_found where there is no such alert or group. Integrations that want to hear of it, and were told
   * of the group, are due at once when everything of it that fires is acknowledged.
   */
  acknowledge(target: AcknowledgementTarget, acknowledgement: Acknowledgement): void;
  /** Takes it back, which those hear of who heard of the acknowledgement. Returns whether there was one. */
  unacknowledge(target: AcknowledgementTarget, doing: Doing): boolean;
  /** Says who shall see to it; with nobody named, nobody in particular. Throws not_found where there is no such alert or group. */
  assign(target: AcknowledgementTarget, assignment: Assignment): void;
  /**
   * Takes an alert, or all of a group that fire, for over, until their sender says that they fire. Returns the fingerprints; throws
   * not_found where there is no such alert or group.
   */
  resolve(target: AcknowledgementTarget, doing: Doing, nowMs: number): string[];
  /** An alert and what hides it; undefined where there is none. */
  alert(fingerprint: string, nowMs: number): AlertStatus | undefined;
  /** What hides an alert now, whether it is kept or not; undefined while nothing does. */
  hiding(alert: Pick<KeptAlert, "fingerprint" | "labels">, nowMs: number): AlertMute | undefined;
  /** The fingerprints of all alerts, resolved ones too as long as they are kept. */
  fingerprints(): IterableIterator<string>;
  /** All groups, in the order in which they were made. */
  groups(nowMs: number): GroupStatus[];
  /** All that is known, to be kept. */
  snapshot(): DispatcherSnapshot;
  /**
   * What changed since this was called last, or since the start. To be called again and again, also by those who keep nothing: until
   * then the keys of all that changed are remembered.
   */
  changes(): DispatcherChanges;
  /**
   * Goes on from where another one was. Only at the start; throws failed_precondition later. What was being sent is due again at once.
   * `gap` says since when nobody ran.
   */
  restore(snapshot: DispatcherSnapshot, nowMs: number, gap?: Gap): void;
  stats(): DispatcherStats;
}

const defaults = { collectIntervalMs: 15 * 60_000, logRetentionMs: 120 * 3_600_000 };

/** Makes a dispatcher that knows of no alerts. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { decide, silences, maintenance, startsAtMs = Number.NEGATIVE_INFINITY } = options;
  const { collectIntervalMs, logRetentionMs } = { ...defaults, ...options };
  const touched = createTouched();
  const store = createAlertStore(options.maxAlerts);
  const log = createNotificationLog();
  const care = createCareBook({ touched, decide });
  const { acknowledgements } = care;
  const groups = createGroups(options.config, {
    maxGroups: options.maxGroups,
    touched,
    decide,
    onKeyGone: (groupKey) => care.forget({ groupKey }),
  });
  const onAlertGone = ({ fingerprint }: KeptAlert) => care.forget({ fingerprint });
  const rounds = createRounds({ groups, log, touched, decide, onAlertGone });
  const { externalUrl } = options;
  const flusher = createFlusher({
    groups,
    rounds,
    log,
    acknowledgements,
    touched,
    decide,
    externalUrl,
    logRetentionMs,
  });
  let muters = mutersOf(options.config);
  let droppedAlerts = 0;
  let collectedAtMs = Number.NEGATIVE_INFINITY;

  function mutersOf(config: DispatchConfig): Muters {
    const inhibitor = createInhibitor(config.inhibitRules);
    for (const { alert } of store.entries()) inhibitor.set(alert);
    return { config, inhibitor, silences, maintenance };
  }

  function assertKnown(target: AcknowledgementTarget): void {
    const isKnown =
      "fingerprint" in target ? store.get(target.fingerprint) !== undefined : groups.hasKey(target.groupKey);
    if (isKnown) return;
    throw new AppError("not_found", `cannot find ${targetKey(target)}: got none like that, want one that is kept`);
  }

  function groupsOf(target: AcknowledgementTarget): Group[] {
    if ("groupKey" in target) return [...groups.all()].filter(({ key }) => key === target.groupKey);
    const places = store.get(target.fingerprint)?.places ?? [];
    return places.flatMap(({ groupId }) => groups.get(groupId) ?? []);
  }

  /** Whoever wants to hear that somebody takes care, or does not any more, is not kept waiting for the group's next turn. */
  function hasten(target: AcknowledgementTarget, nowMs: number): void {
    for (const group of groupsOf(target)) {
      const hasHeard = group.outlets.some(
        ({ integration, logKey }) => integration.acknowledges === true && (log.get(logKey)?.firing.length ?? 0) > 0,
      );
      if (hasHeard && group.dueMs > nowMs) groups.schedule(group, nowMs);
    }
  }

  function take(posted: PostedAlert, index: number, nowMs: number): Refusal | undefined {
    const sent = keptAlert(posted, nowMs, muters.config.resolveTimeoutMs);
    if (typeof sent === "string") return { index, kind: "invalid", message: `cannot take alert ${index}: ${sent}` };
    const { fingerprint } = sent;
    const result = store.put(sent, nowMs) ?? (makeRoom(nowMs) ? store.put(sent, nowMs) : undefined);
    if (result === undefined) {
      droppedAlerts++;
      decide({
        atMs: nowMs,
        step: "dropped",
        reason: "there is no room for another alert",
        fingerprints: [fingerprint],
      });
      return {
        index,
        kind: "full",
        message: `cannot take alert ${index}: got one more, want ${options.maxAlerts} at most`,
      };
    }
    const { entry, change } = result;
    touched.alerts.add(fingerprint);
    tellTaken(fingerprint, change, nowMs);
    // Who took care of it took care of the time before.
    if (change === "fires again") care.forget({ fingerprint });
    muters.inhibitor.set(entry.alert);
    groups.put(entry, change, nowMs);
    if (change === "new" || change === "fires again") endCareOfGroups(entry, nowMs);
    return undefined;
  }

  /** What nobody is told of is no news to those who take care of its groups. */
  function endCareOfGroups({ alert, places = [] }: AlertEntry, nowMs: number): void {
    const cared = places.filter(({ groupKey }) => acknowledgements.get(targetKey({ groupKey })) !== undefined);
    if (cared.length === 0 || isResolved(alert, nowMs) || alertMuteOf(alert, muters, nowMs) !== undefined) return;
    for (const { groupKey } of cared) care.endByNews(groupKey, alert.fingerprint, nowMs);
  }

  function tellTaken(fingerprint: string, change: AlertChange, nowMs: number): void {
    const fingerprints = [fingerprint];
    if (change === "refreshed") return;
    if (change === "changed") {
      decide({ atMs: nowMs, step: "merged", reason: "its start or its annotations are others now", fingerprints });
      return;
    }
    decide({ atMs: nowMs, step: "received", reason: RECEIVED_REASONS[change], fingerprints });
  }

  /** Looks for what is over once a second at most: all alerts are looked at for it. Returns whether there is room then. */
  function makeRoom(nowMs: number): boolean {
    return nowMs >= collectedAtMs + 1000 && collect(nowMs) > 0;
  }

  /** Removes what is over. Returns how many alerts that were. */
  function collect(nowMs: number): number {
    collectedAtMs = nowMs;
    const gone = store.collect(nowMs);
    for (const fingerprint of gone) {
      touched.alerts.add(fingerprint);
      silences.forget?.(fingerprint);
      maintenance.forget?.(fingerprint);
    }
    muters.inhibitor.removeResolved(nowMs);
    for (const key of log.prune(nowMs)) touched.log.add(key);
    return gone.length;
  }

  function remake(config: DispatchConfig, former: readonly FormerGroup[], nowMs: number): Flight[] {
    muters = mutersOf(config);
    const unclaimed = groups.remake(config, store, former, nowMs);
    care.forgetGroups(groups.hasKey);
    return unclaimed;
  }

  return {
    put: (alerts, nowMs) => alerts.flatMap((posted, index) => take(posted, index, nowMs) ?? []),

    nextDueMs() {
      const first = groups.first();
      return first === undefined ? undefined : Math.max(first.dueMs, startsAtMs);
    },

    advance(nowMs) {
      if (nowMs < startsAtMs) return [];
      if (nowMs >= collectedAtMs + collectIntervalMs) collect(nowMs);
      const due: Flush[] = [];
      for (let group = groups.first(); group !== undefined && group.dueMs <= nowMs; group = groups.first()) {
        due.push(...flusher.flush(group, muters, nowMs));
      }
      return due;
    },

    attempted: (flush, attempt) => flusher.attempted(flush, attempt),
    delivered: (flush, outcome) => flusher.delivered(flush, outcome),
    failed: (flush, outcome) => flusher.failed(flush, outcome),

    reload(config, nowMs) {
      const former = [...groups.all()].map(formerGroup);
      const unclaimed = remake(config, former, nowMs);
      flusher.abandon(unclaimed, nowMs);
      return unclaimed.map(({ flush }) => flush);
    },

    acknowledge(target, acknowledgement) {
      assertKnown(target);
      care.acknowledge(target, acknowledgement);
      hasten(target, acknowledgement.atMs);
    },

    unacknowledge(target, doing) {
      const isTaken = care.unacknowledge(target, doing);
      if (isTaken) hasten(target, doing.atMs);
      return isTaken;
    },

    assign(target, assignment) {
      assertKnown(target);
      care.assign(target, assignment);
    },

    resolve(target, doing, nowMs) {
      assertKnown(target);
      const all =
        "fingerprint" in target ? [target.fingerprint] : groupsOf(target).flatMap(({ members }) => [...members.keys()]);
      const alerts = [...new Set(all)].flatMap((fingerprint) => store.get(fingerprint)?.alert ?? []);
      const firing = alerts.filter((alert) => !isResolved(alert, nowMs));
      decide(actionOf(target, ACTION_REASONS.resolved, doing));
      for (const alert of firing) {
        take({ ...alert, startsAtMs: Math.min(alert.startsAtMs, nowMs), endsAtMs: nowMs }, 0, nowMs);
      }
      return firing.map(({ fingerprint }) => fingerprint);
    },

    alert(fingerprint, nowMs) {
      const entry = store.get(fingerprint);
      return entry === undefined ? undefined : alertStatus(entry, muters, care, nowMs);
    },

    hiding(alert, nowMs) {
      const mute = alertMuteOf(alert, muters, nowMs);
      if (store.get(alert.fingerprint) === undefined) silences.forget?.(alert.fingerprint);
      return mute;
    },

    *fingerprints() {
      for (const { alert } of store.entries()) yield alert.fingerprint;
    },

    groups(nowMs) {
      const question = { config: muters.config, care, externalUrl, nowMs };
      return [...groups.all()].map((group) => groupStatus(group, question));
    },

    snapshot: () => ({
      alerts: [...store.entries()].map(({ alert }) => alert),
      groups: [...groups.all()].map(groupRecord),
      log: [...log.entries()],
      acknowledgements: [...acknowledgements.entries()],
      assignments: [...care.assignments.values()],
    }),

    changes: () => ({
      alerts: drain(touched.alerts, (fingerprint) => store.get(fingerprint)?.alert),
      groups: drain(touched.groups, (id) => recordOf(groups.get(id))),
      log: drain(touched.log, (key) => log.get(key)),
      acknowledgements: drain(touched.acknowledgements, (key) => acknowledgements.get(key)),
      assignments: drain(touched.assignments, (key) => care.assignments.get(key)),
    }),

    restore(snapshot, nowMs, gap) {
      if (store.size > 0) {
        const message = "cannot restore a dispatcher: got one that knows of alerts, want a new one";
        throw new AppError("failed_precondition", message);
      }
      for (const alert of snapshot.alerts) {
        // Nobody was there to be told that it goes on: it must not be told as resolved for that.
        const kept = gap === undefined ? alert : outlived(alert, gap.sinceMs, nowMs + gap.graceMs);
        const isKept = store.put(kept, nowMs) !== undefined;
        if (!isKept || kept !== alert) touched.alerts.add(alert.fingerprint);
      }
      for (const entry of snapshot.log) log.put(entry);
      for (const record of snapshot.acknowledgements) acknowledgements.put(record);
      care.assigned(snapshot.assignments);
      // Nobody knows whether what was being sent arrived: the notification log would say so.
      const former = snapshot.groups.map((record) => ({
        record: record.inFlight ? { ...record, dueMs: nowMs } : record,
        members: new Set(record.members),
        flights: new Map(),
      }));
      remake(muters.config, former, nowMs);
      const sending = new Set(snapshot.groups.filter(({ inFlight }) => inFlight).map(({ id }) => id));
      for (const group of groups.all()) if (sending.has(group.id)) flusher.presumeTold(group, nowMs);
      // Groups of another configuration are no more.
      for (const { id } of snapshot.groups) touched.groups.add(id);
    },

    stats: () => ({
      alerts: store.size,
      groups: groups.size,
      logEntries: log.size,
      inFlight: flusher.inFlight,
      droppedAlerts,
      droppedGroups: groups.dropped,
    }),
  };
}

function recordOf(group: Group | undefined): ReturnType<typeof groupRecord> | undefined {
  return group === undefined ? undefined : groupRecord(group);
}
