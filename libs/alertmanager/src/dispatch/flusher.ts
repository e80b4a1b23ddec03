import type { NotificationReason } from "../notification.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { Decide, Decision } from "./decision.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import { type Attempt, type Delivered, type Failed, type Flush, type LogDraft, logEntryOf } from "./flush.ts";
import { type Flight, type Group, type Member, membersInOrder, type Outlet, type Round } from "./group.ts";
import type { Groups } from "./groups.ts";
import { isResolved } from "./kept-alert.ts";
import { isHeld, type Muters, visibleMembers } from "./mute.ts";
import { type LogEntry, logKey, type NotificationLog, type ReceiverData } from "./notification-log.ts";
import { notificationOf } from "./notification-of.ts";
import { SKIP_REASONS, type SkipReason } from "./notification-reason.ts";
import { beginRound, type Rounds } from "./round.ts";
import type { Touched } from "./touched.ts";
import { type Told, verdictOf } from "./verdict.ts";

export interface FlusherOptions {
  readonly groups: Groups;
  readonly rounds: Rounds;
  readonly log: NotificationLog;
  readonly acknowledgements: Acknowledgements;
  readonly touched: Touched;
  readonly decide: Decide;
  readonly externalUrl: string;
  /** The most that an entry of the notification log may live. */
  readonly logRetentionMs: number;
}

/** Tells groups: what of them has to be sent to whom, and what follows when it was sent. */
export interface Flusher {
  /** Tells a group that is due. Its timer is set again first, so that telling takes nothing from its interval. */
  flush(group: Group, muters: Muters, nowMs: number): Flush[];
  attempted(flush: Flush, attempt: Attempt): void;
  delivered(flush: Flush, outcome: Delivered): void;
  failed(flush: Flush, outcome: Failed): void;
  /** What of the group was being sent by one who is no more may have arrived: who was told that something fires is to hear of its end. */
  presumeTold(group: Group, nowMs: number): void;
  /** What is being sent belongs to nothing any more. */
  abandon(flights: readonly Flight[], nowMs: number): void;
  /** How many are being sent. */
  readonly inFlight: number;
}

/** The least time that there is to deliver a notification (notify/notify.go, MinTimeout). */
const minDeadlineMs = 10_000;

/** One flush of a group: its alerts that nothing hides. */
interface Telling {
  readonly group: Group;
  readonly visible: readonly Member[];
  readonly config: DispatchConfig;
  readonly round: Round;
  readonly nowMs: number;
}

/** Makes it, with nothing being sent. */
export function createFlusher(options: FlusherOptions): Flusher {
  const { groups, rounds, log, acknowledgements, touched, decide, externalUrl } = options;
  const flights = new Map<string, Flight>();
  /** By key of the notification log: two routes with the same matchers and receiver make two groups that it takes for one. */
  const keysInFlight = new Set<string>();
  let flushes = 0;

  function flush(group: Group, muters: Muters, nowMs: number): Flush[] {
    group.flushed = true;
    groups.schedule(group, nowMs + group.route.options.groupIntervalMs);
    expireFlights(group, nowMs);
    const visible = visibleMembers(group, muters, nowMs, decide);
    const round = beginRound(group, visible, { log, nowMs });
    if (membersInOrder(group).some(isHeld)) for (const outlet of group.outlets) extend(group, outlet, nowMs);
    const telling = { group, visible, config: muters.config, round, nowMs };
    const due = visible.length === 0 ? [] : group.outlets.flatMap((outlet) => tell(telling, outlet) ?? []);
    rounds.endIfOver(group, round, nowMs);
    return due;
  }

  /** Who has not said before the deadline that it was delivered will not say it any more. */
  function expireFlights(group: Group, nowMs: number): void {
    for (const outlet of group.outlets) {
      const flight = outlet.inFlight;
      if (flight === undefined || flight.flush.deadlineMs > nowMs) continue;
      outlet.inFlight = undefined;
      fail(flight, { nowMs, error: "it took longer than there was time" });
    }
  }

  function tell(telling: Telling, outlet: Outlet): Flush | undefined {
    const { group, visible, round, nowMs } = telling;
    if (keysInFlight.has(outlet.logKey)) {
      // It is asked again when the group is next. What others are told is not delayed by it.
      round.failed = true;
      return skip(telling, outlet, SKIP_REASONS.inFlight);
    }
    const entry = log.find(outlet.logKey, nowMs);
    const verdict = verdictOf({ group, outlet, visible, entry, acknowledgements, nowMs });
    if (verdict.kind === "notify") return depart(telling, outlet, { ...verdict, entry });
    if (verdict.kind === "record") keep(draftOf(group, outlet, verdict.told), nowMs, entry?.receiverData ?? {});
    if (verdict.reason === SKIP_REASONS.acknowledged) extend(group, outlet, nowMs);
    return skip(telling, outlet, verdict.reason);
  }

  function skip({ group, nowMs }: Telling, outlet: Outlet, reason: SkipReason): undefined {
    if (outlet.skipped === reason) return;
    outlet.skipped = reason;
    const { key: groupKey, route } = group;
    const { receiver } = route.options;
    const integration = outlet.name;
    decide({ atMs: nowMs, step: "deduplicated", reason, fingerprints: [], groupKey, receiver, integration });
  }

  function depart(telling: Telling, outlet: Outlet, departure: Departure): Flush {
    const { group, config, round, nowMs } = telling;
    const { reason, entry, told } = departure;
    const { sendResolved } = outlet.integration;
    const alerts = sendResolved ? told.alerts : told.alerts.filter((alert) => !isResolved(alert, nowMs));
    const flush: Flush = {
      id: String(++flushes),
      groupKey: group.key,
      receiver: group.route.options.receiver,
      integration: outlet.integration.kind,
      index: outlet.integration.index,
      notification: notificationOf({ group, alerts, reason, config, externalUrl, nowMs }),
      atMs: nowMs,
      deadlineMs: nowMs + Math.max(group.route.options.groupIntervalMs, minDeadlineMs),
      // What is told for the first time begins anew, with a thread of its own.
      receiverData: reason === "first notification" ? {} : (entry?.receiverData ?? {}),
      ...(told.acknowledgement !== undefined && { acknowledgement: told.acknowledgement }),
      ...(departure.onlyCareChanged && { onlyCareChanged: true }),
      entry: draftOf(group, outlet, told),
    };
    const flight = { flush, round, group, outlet };
    flights.set(flush.id, flight);
    keysInFlight.add(outlet.logKey);
    round.open++;
    outlet.inFlight = flight;
    outlet.skipped = undefined;
    decide({ ...about(flush), atMs: nowMs, step: "due", reason });
    return flush;
  }

  function draftOf(
    group: Group,
    { integration }: Outlet,
    { firing, resolved, acknowledgement }: Omit<Told, "alerts">,
  ): LogDraft {
    return {
      groupKey: group.key,
      receiver: group.route.options.receiver,
      integration: integration.kind,
      index: integration.index,
      firing,
      resolved,
      ...(acknowledgement !== undefined && { acknowledgedAtMs: acknowledgement.atMs }),
      livesMs: livesMs(group),
    };
  }

  /** Twice the repeat interval, as Alertmanager has it, but never so short that it is forgotten between two flushes. */
  function livesMs({ route }: Group): number {
    const { repeatIntervalMs, groupIntervalMs } = route.options;
    return Math.min(options.logRetentionMs, 2 * Math.max(repeatIntervalMs, groupIntervalMs));
  }

  /** What is acknowledged, or held by a maintenance window, must not be forgotten as told, however long that lasts. */
  function extend(group: Group, { logKey: key }: Outlet, nowMs: number): void {
    if (log.extend(key, nowMs + livesMs(group))) touched.log.add(key);
  }

  /** What was told last counts last, also where whoever told before had a clock that was ahead. */
  function keep(draft: LogDraft, nowMs: number, receiverData: ReceiverData): void {
    const key = logKey(draft);
    const atMs = Math.max(nowMs, log.get(key)?.atMs ?? nowMs);
    log.put(logEntryOf(draft, atMs, receiverData));
    touched.log.add(key);
  }

  function fail(flight: Flight, { nowMs, error }: Failed): void {
    flight.round.failed = true;
    decide({ ...about(flight.flush), atMs: nowMs, step: "failed", reason: "it was not delivered", detail: error });
    settle(flight, nowMs);
  }

  function settle(flight: Flight, nowMs: number): void {
    const { flush, round, group, outlet } = flight;
    flights.delete(flush.id);
    keysInFlight.delete(outlet.logKey);
    if (outlet.inFlight === flight) outlet.inFlight = undefined;
    touched.groups.add(group.id);
    round.open--;
    rounds.endIfOver(group, round, nowMs);
  }

  /** What is being sent, if it still is. */
  function flightOf(flush: Flush): Flight | undefined {
    const flight = flights.get(flush.id);
    return flight?.flush === flush ? flight : undefined;
  }

  return {
    flush,

    attempted(flush, { nowMs, number, error, remarks = [] }) {
      const reason = error === undefined ? "the receiver took it" : "the receiver did not take it";
      const said = [...(error === undefined ? [] : [error]), ...remarks].join("; ");
      const detail = said === "" ? `attempt ${number}` : `attempt ${number}: ${said}`;
      decide({ ...about(flush), atMs: nowMs, step: "attempted", reason, detail });
    },

    delivered(flush, { nowMs, receiverData = flush.receiverData }) {
      keep(flush.entry, nowMs, receiverData);
      decide({ ...about(flush), atMs: nowMs, step: "delivered", reason: flush.notification.reason });
      const flight = flightOf(flush);
      if (flight !== undefined) settle(flight, nowMs);
    },

    failed(flush, outcome) {
      const flight = flightOf(flush);
      if (flight !== undefined) fail(flight, outcome);
    },

    presumeTold(group, nowMs) {
      const ended = membersInOrder(group)
        .filter(({ entry, hiddenBy }) => hiddenBy === "" && isResolved(entry.alert, nowMs))
        .map(({ entry }) => entry.alert.fingerprint);
      for (const outlet of group.outlets) {
        const entry = log.get(outlet.logKey);
        const known = new Set([...(entry?.firing ?? []), ...(entry?.resolved ?? [])]);
        const open = ended.filter((fingerprint) => !known.has(fingerprint));
        if (open.length === 0) continue;
        const fresh = () =>
          logEntryOf(draftOf(group, outlet, { firing: [], resolved: [], acknowledgement: undefined }), nowMs, {});
        const { firing, ...rest } = entry ?? fresh();
        log.put({ ...rest, firing: [...firing, ...open] });
        touched.log.add(outlet.logKey);
      }
    },

    abandon(gone, nowMs) {
      for (const flight of gone) fail(flight, { nowMs, error: "its route or its receiver is no more" });
    },

    get inFlight() {
      return flights.size;
    },
  };
}

/** What is sent, and what was told before. */
interface Departure {
  readonly reason: NotificationReason;
  readonly told: Told;
  readonly onlyCareChanged?: true;
  readonly entry: LogEntry | undefined;
}

function about(flush: Flush): Pick<Decision, "fingerprints" | "groupKey" | "receiver" | "integration"> {
  const { groupKey, receiver, notification } = flush;
  const integration = `${flush.integration}[${flush.index}]`;
  return { fingerprints: notification.alerts.map(({ fingerprint }) => fingerprint), groupKey, receiver, integration };
}
