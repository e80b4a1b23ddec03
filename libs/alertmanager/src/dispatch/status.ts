import type { Labels } from "../notification.ts";
import {
  type AcknowledgementRecord,
  type Acknowledgements,
  type AcknowledgementTarget,
  targetKey,
} from "./acknowledgements.ts";
import type { AlertEntry } from "./alert-store.ts";
import type { AssignmentRecord } from "./assignments.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import { type Group, membersInOrder, placesOf } from "./group.ts";
import type { KeptAlert } from "./kept-alert.ts";
import { inhibitedBy, type Muters, timeMuteOf } from "./mute.ts";
import { routeLabelsOf } from "./notification-of.ts";

/** An alert, and what hides it at the moment. */
export interface AlertStatus {
  readonly alert: KeptAlert;
  readonly state: "active" | "suppressed";
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[];
  /** Ids of maintenance windows. */
  readonly maintenanceBy: readonly string[];
  /** The receivers that its routes lead to, in the order of the routes. */
  readonly receivers: readonly string[];
  /** The keys of the groups that its routes put it into. */
  readonly groupKeys: readonly string[];
  /** Its own. */
  readonly acknowledgement: AcknowledgementRecord | undefined;
  readonly assignment: AssignmentRecord | undefined;
  /** Of its groups, in the order of their keys above; none while nobody said anything of anything. */
  readonly ofGroups: readonly Said[];
}

/** What people said of one alert or one group. */
export interface Said {
  readonly acknowledgement: AcknowledgementRecord | undefined;
  readonly assignment: AssignmentRecord | undefined;
}

/** A group, and whether time intervals hide it at the moment. */
export interface GroupStatus {
  readonly id: string;
  readonly groupKey: string;
  readonly routeId: string;
  readonly receiver: string;
  readonly labels: Labels;
  readonly routeLabels: Labels;
  /** The names of time intervals. */
  readonly mutedBy: readonly string[];
  /** When it is told next. */
  readonly dueMs: number;
  /** In the order of a notification. */
  readonly alerts: readonly KeptAlert[];
  readonly acknowledgement: AcknowledgementRecord | undefined;
  readonly assignment: AssignmentRecord | undefined;
}

/** What people said of alerts and groups, by `targetKey`. */
export interface Care {
  readonly acknowledgements: Pick<Acknowledgements, "get" | "size">;
  readonly assignments: ReadonlyMap<string, AssignmentRecord>;
}

/** Asks what hides an alert now; not what hid it when its group was last flushed, so that two questions have the same answer. */
export function alertStatus(entry: AlertEntry, muters: Muters, care: Care, nowMs: number): AlertStatus {
  const { alert } = entry;
  const { config, inhibitor, silences, maintenance } = muters;
  const places = entry.places ?? placesOf(config, alert);
  const silencedBy = silences.mutedBy(alert, nowMs);
  const inhibitors = inhibitedBy(inhibitor, alert.labels, nowMs);
  const maintenanceBy = maintenance.mutedBy(alert, nowMs);
  // Almost always nothing is said: then there are no keys to be made either.
  const isSaid = care.acknowledgements.size > 0 || care.assignments.size > 0;
  const said = isSaid ? saidOf(care, { fingerprint: alert.fingerprint }) : undefined;
  const groupKeys = places.map(({ groupKey }) => groupKey);
  const hidden = silencedBy.length + inhibitors.length + maintenanceBy.length > 0;
  return {
    alert,
    state: hidden ? "suppressed" : "active",
    silencedBy,
    inhibitedBy: inhibitors,
    maintenanceBy,
    receivers: places.map(({ route }) => route.options.receiver),
    groupKeys,
    acknowledgement: said?.acknowledgement,
    assignment: said?.assignment,
    ofGroups: said === undefined ? noneSaid : groupKeys.map((groupKey) => saidOf(care, { groupKey })),
  };
}

const noneSaid: readonly Said[] = [];

function saidOf({ acknowledgements, assignments }: Care, target: AcknowledgementTarget): Said {
  const key = targetKey(target);
  return { acknowledgement: acknowledgements.get(key), assignment: assignments.get(key) };
}

export interface GroupQuestion {
  readonly config: DispatchConfig;
  readonly care: Care;
  readonly externalUrl: string;
  readonly nowMs: number;
}

/** Asks what hides a group now. */
export function groupStatus(group: Group, { config, care, externalUrl, nowMs }: GroupQuestion): GroupStatus {
  const { id, key: groupKey, route, labels, dueMs } = group;
  const alerts = membersInOrder(group).map(({ entry }) => entry.alert);
  // Those that are templates say what they would if the group were told now.
  const parts = { group, alerts, reason: "first notification", config, externalUrl, nowMs } as const;
  return {
    id,
    groupKey,
    routeId: route.id,
    receiver: route.options.receiver,
    labels,
    routeLabels: routeLabelsOf(parts),
    mutedBy: timeMuteOf(group, config, nowMs)?.intervals ?? [],
    dueMs,
    alerts,
    ...saidOf(care, { groupKey }),
  };
}
