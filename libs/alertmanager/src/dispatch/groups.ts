import { recipientOf } from "../route/recipient-route.ts";
import type { AlertChange, AlertEntry, AlertStore, Place } from "./alert-store.ts";
import { type Decide, RECIPIENT_REASONS } from "./decision.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import { createDueQueue } from "./due-queue.ts";
import { createGroup, type Flight, type Group, join, placesOf, recipientPlaces } from "./group.ts";
import { isResolved } from "./kept-alert.ts";
import { type GroupRecord, groupRecord } from "./snapshot.ts";
import type { Touched } from "./touched.ts";

export interface GroupsOptions {
  readonly maxGroups: number;
  readonly touched: Touched;
  readonly decide: Decide;
  /** A group ended, and none with its key is left. */
  readonly onKeyGone: (groupKey: string) => void;
}

/** A group of a configuration before, or of another replica. */
export interface FormerGroup {
  readonly record: GroupRecord;
  /** The fingerprints of its alerts. */
  readonly members: ReadonlySet<string>;
  /** What is being sent, by key of the notification log. */
  readonly flights: ReadonlyMap<string, Flight>;
}

/** A group of the configuration before. */
export function formerGroup(group: Group): FormerGroup {
  const flights = new Map<string, Flight>();
  for (const { logKey: key, inFlight } of group.outlets) if (inFlight !== undefined) flights.set(key, inFlight);
  return { record: groupRecord(group), members: new Set(group.members.keys()), flights };
}

/** The groups of one configuration (dispatch/dispatch.go, groupAlert). */
export interface Groups {
  /** Makes an alert a member of each group where it belongs; groups that are not there are made, and due after their wait. */
  put(entry: AlertEntry, change: AlertChange, nowMs: number): void;
  /**
   * Makes all groups anew for a configuration. A group that has the key and the receiver of a former one takes its timer, its members
   * that are resolved and not told of yet, and what is being sent; what nobody takes is returned.
   */
  remake(config: DispatchConfig, store: AlertStore, former: readonly FormerGroup[], nowMs: number): Flight[];
  remove(group: Group): void;
  /** Sets when a group is due. */
  schedule(group: Group, dueMs: number): void;
  /** The group that is due first. */
  first(): Group | undefined;
  get(id: string): Group | undefined;
  hasKey(groupKey: string): boolean;
  all(): IterableIterator<Group>;
  readonly size: number;
  /** How often there was no room for a group. */
  readonly dropped: number;
}

/** Makes it without groups. */
export function createGroups(initial: DispatchConfig, options: GroupsOptions): Groups {
  const { maxGroups, touched, decide } = options;
  const queue = createDueQueue<Group>();
  const groups = new Map<string, Group>();
  const groupsOfKey = new Map<string, number>();
  let config = initial;
  let created = 0;
  let dropped = 0;

  function schedule(group: Group, dueMs: number): void {
    queue.set(group, dueMs);
    touched.groups.add(group.id);
  }

  function add(place: Place): Group | undefined {
    if (groups.size >= maxGroups) {
      dropped++;
      return undefined;
    }
    const group = createGroup(place, config.integrationsOf(place.route.options.receiver), created++);
    groups.set(group.id, group);
    groupsOfKey.set(group.key, (groupsOfKey.get(group.key) ?? 0) + 1);
    return group;
  }

  function forget(group: Group): void {
    queue.remove(group);
    groups.delete(group.id);
    touched.groups.add(group.id);
    const left = (groupsOfKey.get(group.key) ?? 1) - 1;
    if (left > 0) groupsOfKey.set(group.key, left);
    else groupsOfKey.delete(group.key);
  }

  function tellPlaced(entry: AlertEntry, group: Group, nowMs: number): void {
    const about = {
      atMs: nowMs,
      fingerprints: [entry.alert.fingerprint],
      groupKey: group.key,
      receiver: group.route.options.receiver,
    };
    const { id, recipient } = group.route;
    const why = recipient === undefined ? "its labels match the route" : RECIPIENT_REASONS.named;
    decide({ ...about, step: "grouped", reason: why, detail: recipient ?? id });
    if (group.flushed) return;
    decide({ ...about, step: "waiting", reason: "its group waits for more alerts", dueAtMs: group.dueMs });
  }

  function place(entry: AlertEntry, where: Place, change: AlertChange, nowMs: number): void {
    const known = groups.get(where.groupId);
    const group = known ?? add(where);
    if (group === undefined) {
      if (change !== "refreshed") tellNoRoom(entry, where, nowMs);
      return;
    }
    if (!join(group, entry)) return;
    touched.groups.add(group.id);
    if (known === undefined) schedule(group, firstDueMs(entry, group, nowMs));
    if (change !== "refreshed") tellPlaced(entry, group, nowMs);
  }

  /** Recipients whom nobody can tell, which would else be found out when somebody misses a message. */
  function tellUnknown({ fingerprint, recipients = [] }: AlertEntry["alert"], nowMs: number): void {
    for (const detail of recipients) {
      if (config.recipientRoute?.(detail) !== undefined) continue;
      const { unknown: reason } = RECIPIENT_REASONS;
      decide({ atMs: nowMs, step: "dropped", reason, fingerprints: [fingerprint], detail });
    }
  }

  function tellNoRoom(entry: AlertEntry, { groupKey, route }: Place, nowMs: number): void {
    const fingerprints = [entry.alert.fingerprint];
    const reason = "there is no room for another group";
    decide({ atMs: nowMs, step: "dropped", reason, fingerprints, groupKey, receiver: route.options.receiver });
  }

  /** Puts an alert where it belongs in a new configuration, or in another replica. Nothing of it is told: nothing happened to it. */
  function replace(entry: AlertEntry, formerGroups: FormerGroups, nowMs: number): void {
    const { fingerprint } = entry.alert;
    const resolved = isResolved(entry.alert, nowMs);
    entry.memberships = 0;
    entry.places = placesOf(config, entry.alert);
    for (const where of [...entry.places, ...leftPlaces(entry, formerGroups)]) {
      const former = formerGroups.at(where);
      // What is resolved stays only where it has still to be told.
      if (resolved && former?.members.has(fingerprint) !== true) continue;
      const known = groups.get(where.groupId);
      const group = known ?? add(where);
      if (group === undefined) continue;
      if (known === undefined) succeed(group, former, firstDueMs(entry, group, nowMs), nowMs);
      join(group, entry);
      const member = group.members.get(fingerprint);
      if (member !== undefined) member.hiddenBy = former?.record.hidden[fingerprint] ?? "";
    }
  }

  /** With recipients that it names no more, who were told of it and are to hear of its end. */
  function leftPlaces({ alert }: AlertEntry, formerGroups: FormerGroups): Place[] {
    const { fingerprint, labels, recipients = [] } = alert;
    const left = formerGroups.recipientsOf(fingerprint).filter((recipient) => !recipients.includes(recipient));
    if (left.length === 0) return [];
    return recipientPlaces(config, labels, left).filter((where) => formerGroups.at(where)?.members.has(fingerprint));
  }

  function succeed(group: Group, former: FormerGroup | undefined, firstMs: number, nowMs: number): void {
    if (former === undefined) {
      schedule(group, firstMs);
      return;
    }
    const { record, flights } = former;
    group.flushed = record.flushed;
    group.hiddenBy = record.hiddenBy;
    for (const outlet of group.outlets) {
      const flight = flights.get(outlet.logKey);
      if (flight === undefined) continue;
      outlet.inFlight = flight;
      flight.group = group;
      flight.outlet = outlet;
    }
    const { groupIntervalMs, groupWaitMs } = group.route.options;
    schedule(group, Math.min(record.dueMs, nowMs + (record.flushed ? groupIntervalMs : groupWaitMs)));
  }

  return {
    put(entry, change, nowMs) {
      if (entry.places === undefined) tellUnknown(entry.alert, nowMs);
      entry.places ??= placesOf(config, entry.alert);
      for (const where of entry.places) place(entry, where, change, nowMs);
    },

    remake(next, store, former, nowMs) {
      config = next;
      for (const group of groups.values()) forget(group);
      const formerGroups = indexed(former, config);
      for (const entry of store.entries()) replace(entry, formerGroups, nowMs);
      return former
        .flatMap(({ flights }) => [...flights.values()])
        .filter(({ group }) => groups.get(group.id) !== group);
    },

    remove(group) {
      forget(group);
      if (!groupsOfKey.has(group.key)) options.onKeyGone(group.key);
    },

    schedule,
    first: () => queue.first(),
    get: (id) => groups.get(id),
    hasKey: (groupKey) => groupsOfKey.has(groupKey),
    all: () => groups.values(),
    get size() {
      return groups.size;
    },
    get dropped() {
      return dropped;
    },
  };
}

/** The groups before, to be found. */
interface FormerGroups {
  /** The one that was the same. */
  at(place: Place): FormerGroup | undefined;
  /** Whom an alert's groups told beside the routes. */
  recipientsOf(fingerprint: string): readonly string[];
}

function indexed(former: readonly FormerGroup[], { route }: Pick<DispatchConfig, "route">): FormerGroups {
  const byIdentity = new Map<string, FormerGroup>();
  const recipients = new Map<string, string[]>();
  for (const group of former) {
    const { receiver, groupKey } = group.record;
    byIdentity.set(identity(receiver, groupKey), group);
    const recipient = recipientOf(route, groupKey);
    if (recipient === undefined) continue;
    for (const fingerprint of group.members) {
      const others = recipients.get(fingerprint);
      if (others === undefined) recipients.set(fingerprint, [recipient]);
      else others.push(recipient);
    }
  }
  return {
    at: ({ route: { options }, groupKey }) => byIdentity.get(identity(options.receiver, groupKey)),
    recipientsOf: (fingerprint) => recipients.get(fingerprint) ?? [],
  };
}

/** A new group waits for more alerts, unless its first one is older than that already. */
function firstDueMs({ alert }: AlertEntry, { route }: Group, nowMs: number): number {
  return alert.startsAtMs + route.options.groupWaitMs < nowMs ? nowMs : nowMs + route.options.groupWaitMs;
}

/** What makes a group the same in another configuration: what the notification log knows it by. */
function identity(receiver: string, groupKey: string): string {
  return `${receiver}\n${groupKey}`;
}
