import type { KeptAlert, PostedAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import { compareLabels, isResolved, keptAlert, orderedLabels } from "@sightline/alertmanager/dispatch/kept-alert";
import type { AlertStatus, GroupStatus } from "@sightline/alertmanager/dispatch/status";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import {
  AlertFilter,
  type AlertGroup,
  type ListAlertGroupsRequest,
  type ListRoutedAlertsRequest,
  type PostAlertsRequest,
  type PostedAlert as PostedAlertMessage,
  type RoutedAlert,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { careMessage, isHeld } from "../actions/care.ts";
import { putInbox, wantRoom } from "../dispatch/inbox.ts";
import { storable } from "../dispatch/storable.ts";
import type { TenantDispatch } from "../dispatch/tenant-dispatch.ts";
import { readFilter } from "./alert-filter.ts";
import type { DispatchViews } from "./dispatch-views.ts";

export interface RoutedAlertsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly views: DispatchViews;
  /** Called after something was put for whoever dispatches. */
  readonly onReceived: () => void;
  /** Called with how many alerts were none. */
  readonly onRefused: (count: number) => void;
}

/** What Alertmanager's API says and takes of alerts. Everything is of the given tenant. */
export interface RoutedAlerts {
  /** Resolves to what is wrong with those that were not taken. */
  post(tenant: string, request: PostAlertsRequest): Promise<string[]>;
  list(tenant: string, request: ListRoutedAlertsRequest): Promise<RoutedAlert[]>;
  groups(tenant: string, request: ListAlertGroupsRequest): Promise<AlertGroup[]>;
}

/** Prometheus writes the expression of a rule into it; longer ones are no help to who is told. */
const MAX_GENERATOR_URL_CHARS = 65_536;

export function createRoutedAlerts(options: RoutedAlertsOptions): RoutedAlerts {
  const { sql, clock, views, onReceived, onRefused } = options;
  return {
    async post(tenant, { alerts }) {
      const nowMs = clock();
      const refusals: string[] = [];
      const taken: PostedAlert[] = [];
      for (const [index, message] of alerts.entries()) {
        const posted = postedAlert(message);
        // When it times out is decided where it is dispatched.
        const kept = keptAlert(posted, nowMs, 0);
        if (typeof kept === "string") refusals.push(`cannot take alert ${message.place ?? index}: ${kept}`);
        else taken.push(posted);
      }
      onRefused(refusals.length);
      if (taken.length > 0) {
        // As of now, whenever it is looked at.
        const entry = {
          kind: "alerts" as const,
          alerts: taken.map((posted) => ({ startsAtMs: posted.endsAtMs ?? nowMs, ...posted })),
        };
        await wantRoom(sql, tenant);
        await putInbox(sql, tenant, entry, nowMs);
        onReceived();
      }
      return refusals;
    },

    async list(tenant, { filter = AlertFilter.create() }) {
      const view = await views.of(tenant);
      const nowMs = clock();
      const isWanted = wantedBy(view, filter, nowMs);
      const told = teller(view, nowMs);
      const found: RoutedAlert[] = [];
      for (const fingerprint of view.dispatcher.fingerprints()) {
        const status = view.dispatcher.alert(fingerprint, nowMs);
        if (status !== undefined && isWanted(status)) found.push(told(status));
      }
      return found.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
    },

    async groups(tenant, { filter = AlertFilter.create(), withoutMuted }) {
      const view = await views.of(tenant);
      const nowMs = clock();
      const { dispatcher } = view;
      const { matchesReceiver } = readFilter(filter, labelsOf(view));
      const isWanted = wantedBy(view, { ...filter, receiver: "", receiverMatchers: [] }, nowMs);
      const told = teller(view, nowMs);
      const statusOf = ({ fingerprint }: KeptAlert) => dispatcher.alert(fingerprint, nowMs) ?? [];
      return dispatcher
        .groups(nowMs)
        .filter(({ receiver, mutedBy }) => matchesReceiver(receiver) && !(withoutMuted && mutedBy.length > 0))
        .map((group) => ({ group, alerts: group.alerts.flatMap(statusOf).filter(isWanted) }))
        .filter(({ alerts }) => alerts.length > 0)
        .map(({ group, alerts }) => alertGroup(group, alerts.map(told), nowMs))
        .sort((a, b) => {
          const byLabels = compareLabels(orderedLabels(a.labels), orderedLabels(b.labels));
          return byLabels || (a.receiver < b.receiver ? -1 : 1);
        });
    },
  };
}

function wantedBy(view: TenantDispatch, filter: AlertFilter, nowMs: number): (status: AlertStatus) => boolean {
  const { matchesLabels, matchesReceiver } = readFilter(filter, labelsOf(view));
  return ({ alert, state, silencedBy, inhibitedBy, receivers }) => {
    if (isResolved(alert, nowMs) || !matchesLabels(alert.labels)) return false;
    if (filter.withoutActive && state === "active") return false;
    if (filter.withoutSilenced && silencedBy.length > 0) return false;
    if (filter.withoutInhibited && inhibitedBy.length > 0) return false;
    return receivers.some(matchesReceiver);
  };
}

function labelsOf(view: TenantDispatch) {
  const receivers = new Map(view.configuration().receivers.map(({ name, labels }) => [name, labels]));
  return (name: string) => receivers.get(name) ?? {};
}

function postedAlert(message: PostedAlertMessage): PostedAlert {
  const { labels, annotations, startsAtUnixMs, endsAtUnixMs, generatorUrl } = message;
  return {
    labels,
    annotations,
    // Nobody's identity hangs on it: what cannot be kept of it is no reason to refuse the alert. One that is cut leads nowhere.
    generatorUrl: generatorUrl.length > MAX_GENERATOR_URL_CHARS ? "" : storable(generatorUrl),
    ...(startsAtUnixMs === undefined ? {} : { startsAtMs: Number(startsAtUnixMs) }),
    ...(endsAtUnixMs === undefined ? {} : { endsAtMs: Number(endsAtUnixMs) }),
  };
}

/** Tells alerts with what their groups and windows are to them. */
function teller(view: TenantDispatch, nowMs: number): (status: AlertStatus) => RoutedAlert {
  return (status) => {
    const said = [status, ...status.ofGroups];
    const acknowledgement = said.map((one) => one.acknowledgement).find((one) => isHeld(one, nowMs));
    const assignment = said.map((one) => one.assignment).find((one) => one !== undefined);
    const windows = status.maintenanceBy.map((id) => ({ windowId: id, name: view.windowOf(id)?.name ?? "" }));
    return { ...routedAlert(status), windows, care: careMessage(acknowledgement, assignment, nowMs) };
  };
}

function routedAlert({ alert, state, silencedBy, inhibitedBy, receivers }: AlertStatus) {
  return {
    fingerprint: alert.fingerprint,
    labels: alert.labels,
    annotations: alert.annotations,
    startsAtUnixMs: BigInt(alert.startsAtMs),
    endsAtUnixMs: BigInt(alert.endsAtMs),
    updatedAtUnixMs: BigInt(alert.updatedAtMs),
    generatorUrl: alert.generatorUrl,
    receivers: [...receivers],
    suppressed: state === "suppressed",
    silencedBy: [...silencedBy],
    inhibitedBy: [...inhibitedBy],
  };
}

function alertGroup(group: GroupStatus, alerts: RoutedAlert[], nowMs: number): AlertGroup {
  const { labels, routeLabels, receiver, groupKey, mutedBy } = group;
  return {
    labels,
    routeLabels,
    receiver,
    groupKey,
    mutedBy: [...mutedBy],
    alerts,
    care: careMessage(group.acknowledgement, group.assignment, nowMs),
    continued: false,
  };
}
