import type { Labels } from "../notification.ts";
import { formatLabels, groupKeyOf, groupLabelsOf } from "../route/group-key.ts";
import { matchRoutes, type Route } from "../route/route.ts";
import type { AlertEntry, Place } from "./alert-store.ts";
import type { DispatchConfig, Integration } from "./dispatch-config.ts";
import type { Queued } from "./due-queue.ts";
import type { Flush } from "./flush.ts";
import { compareAlerts, type KeptAlert } from "./kept-alert.ts";
import { logKey } from "./notification-log.ts";
import type { SkipReason } from "./notification-reason.ts";

/** An alert in a group. */
export interface Member {
  readonly entry: AlertEntry;
  /** What hid it when its group was last flushed, "" when nothing did: told only when it changes. */
  hiddenBy: string;
}

/** One integration of a group's receiver. */
export interface Outlet {
  readonly integration: Integration;
  /** Such as `webhook[0]`. */
  readonly name: string;
  /** The key of its entry in the notification log. */
  readonly logKey: string;
  /** The notification that is being sent. */
  inFlight: Flight | undefined;
  /** Why it was not told when its group was last flushed: told only when it changes. */
  skipped: SkipReason | undefined;
}

/** Alerts that are told together: those of a route that have the same values of the labels to group by. */
export interface Group extends Queued {
  readonly id: string;
  /** Its identity in the form of Alertmanager, such as `{}/{team="x"}:{alertname="y"}`. */
  readonly key: string;
  readonly labels: Labels;
  readonly route: Route;
  readonly outlets: readonly Outlet[];
  readonly members: Map<string, Member>;
  /** The members in the order of a notification; undefined since they changed. */
  order: readonly Member[] | undefined;
  /** What time intervals hid it when it was last flushed: told only when it changes. */
  hiddenBy: string;
  /** Whether it was flushed at least once: its interval counts from then on, not its first wait. */
  flushed: boolean;
}

/** Alerts of a group that were resolved when it was flushed, and how telling of them goes. */
export interface Round {
  readonly resolved: readonly ResolvedAlert[];
  /** How many notifications are still being sent. */
  open: number;
  /** Whether one was not delivered: the alerts stay in their group then. */
  failed: boolean;
}

export interface ResolvedAlert {
  readonly alert: KeptAlert;
  /** Whether something hid it, so that nobody was told. */
  readonly hidden: boolean;
}

/** A flush that is being sent. */
export interface Flight {
  readonly flush: Flush;
  readonly round: Round;
  /** Where it belongs, which is another object after the configuration changed. */
  group: Group;
  outlet: Outlet;
}

/** Where an alert belongs: where its labels lead, and with each recipient that it names and somebody can tell. */
export function placesOf(
  config: Pick<DispatchConfig, "route" | "recipientRoute">,
  { labels, recipients = [] }: Pick<KeptAlert, "labels" | "recipients">,
): readonly Place[] {
  const places = matchRoutes(config.route, labels).map((route) => placeIn(route, labels));
  return [...places, ...recipientPlaces(config, labels, recipients)];
}

/** Where an alert with the labels belongs with each of the recipients that somebody can tell. */
export function recipientPlaces(
  config: Pick<DispatchConfig, "recipientRoute">,
  labels: Labels,
  recipients: readonly string[],
): readonly Place[] {
  return recipients
    .flatMap((recipient) => config.recipientRoute?.(recipient) ?? [])
    .map((route) => placeIn(route, labels));
}

function placeIn(route: Route, labels: Labels): Place {
  const groupLabels = groupLabelsOf(route, labels);
  const groupId = `${route.id}:${formatLabels(groupLabels)}`;
  return { route, groupLabels, groupId, groupKey: groupKeyOf(route, groupLabels) };
}

/** Makes an empty group. */
export function createGroup(place: Place, integrations: readonly Integration[], rank: number): Group {
  const { route, groupId, groupKey, groupLabels } = place;
  const outlets = integrations.map((integration) => ({
    integration,
    name: `${integration.kind}[${integration.index}]`,
    logKey: logKey({
      groupKey,
      receiver: route.options.receiver,
      integration: integration.kind,
      index: integration.index,
    }),
    inFlight: undefined,
    skipped: undefined,
  }));
  return {
    id: groupId,
    key: groupKey,
    labels: groupLabels,
    route,
    outlets,
    members: new Map(),
    order: undefined,
    hiddenBy: "",
    flushed: false,
    dueMs: 0,
    rank,
    slot: -1,
  };
}

/** Makes an alert a member. Returns false when it is one already. */
export function join(group: Group, entry: AlertEntry): boolean {
  const { fingerprint } = entry.alert;
  if (group.members.has(fingerprint)) return false;
  group.members.set(fingerprint, { entry, hiddenBy: "" });
  group.order = undefined;
  entry.memberships++;
  return true;
}

/** Ends an alert's membership. */
export function leave(group: Group, entry: AlertEntry): void {
  if (!group.members.delete(entry.alert.fingerprint)) return;
  group.order = undefined;
  entry.memberships--;
}

/** The members in the order of a notification. */
export function membersInOrder(group: Group): readonly Member[] {
  group.order ??= [...group.members.values()].sort((a, b) => compareAlerts(a.entry.ordered, b.entry.ordered));
  return group.order;
}
