import type { Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import { isResolved, type KeptAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import type { GroupStatus } from "@sightline/alertmanager/dispatch/status";
import { parseMatchers } from "@sightline/alertmanager/matcher/parse-matchers";
import type { Labels } from "@sightline/alertmanager/notification";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import {
  type GetGroupedAlertResponse,
  GroupedAlertFilter,
  GroupedAlertState,
  type ListGroupedAlertsRequest,
  type ListGroupedAlertsResponse,
  type ListGroupSummariesRequest,
  type ListGroupSummariesResponse,
} from "@sightline/proto/sightline/alert/v1/alert_group_service";
import { matchesFilter } from "../alertmanager/alert-filter.ts";
import { groupHash } from "../channels/group-hash.ts";
import {
  compareSummaries,
  countStates,
  firstAlerts,
  groupSummary,
  inShownOrder,
  type ShownGroup,
} from "./group-summary.ts";
import { groupedAlertMessage, type Shown, shownAlert } from "./grouped-alert.ts";

/** A tenant's alerts between being sent and being told, as far as they are looked at here. */
export interface DispatchView {
  readonly dispatcher: Pick<Dispatcher, "alert" | "groups">;
}

export interface AlertGroupsOptions {
  /** What is known of a tenant's alerts. */
  readonly views: { of(tenant: string): Promise<DispatchView> };
  readonly clock: Clock;
}

/** Alerts as they are routed, for people who look at them. Everything is of the given tenant. */
export interface AlertGroups {
  /** Throws invalid_argument. */
  list(tenant: string, request: ListGroupSummariesRequest): Promise<ListGroupSummariesResponse>;
  /** Throws invalid_argument. */
  alerts(tenant: string, request: ListGroupedAlertsRequest): Promise<ListGroupedAlertsResponse>;
  /** Throws not_found. */
  get(tenant: string, fingerprint: string): Promise<GetGroupedAlertResponse>;
}

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 100;
const MAX_ALERTS_PER_GROUP = 20;

export function createAlertGroups({ views, clock }: AlertGroupsOptions): AlertGroups {
  return {
    async list(tenant, request) {
      const { filter = GroupedAlertFilter.create(), groupId, offset, alertsPerGroup } = request;
      const matches = matchesOf(filter);
      const { dispatcher } = await views.of(tenant);
      const nowMs = clock();
      const shown = dispatcher
        .groups(nowMs)
        .filter(({ groupKey }) => groupId === "" || groupHash(groupKey) === groupId)
        .map((group) => shownGroup(dispatcher, group, { matches, nowMs }));
      const wanted = shown
        .map((each) => ({ ...each, alerts: ofStates(each.alerts, filter.states) }))
        .filter(({ alerts }) => alerts.length > 0);
      const summaries = wanted
        .map((each) => ({ each, summary: groupSummary(each, nowMs) }))
        .sort((a, b) => compareSummaries(a.summary, b.summary));
      const counts = countStates(shown.flatMap(({ alerts }) => alerts));
      const listed = Math.min(alertsPerGroup, MAX_ALERTS_PER_GROUP);
      return {
        groups: pageOf(summaries, offset, request.limit).map(({ each, summary }) => ({
          ...summary,
          alerts: firstAlerts(each, listed),
        })),
        totalGroups: summaries.length,
        firing: counts[GroupedAlertState.FIRING],
        acknowledged: counts[GroupedAlertState.ACKNOWLEDGED],
        suppressed: counts[GroupedAlertState.SUPPRESSED],
      };
    },

    async alerts(tenant, { groupId, receiver, filter = GroupedAlertFilter.create(), offset, limit }) {
      const matches = matchesOf(filter);
      const { dispatcher } = await views.of(tenant);
      const nowMs = clock();
      const groups = dispatcher
        .groups(nowMs)
        .filter((group) => groupHash(group.groupKey) === groupId && (receiver === "" || group.receiver === receiver));
      const [group] = groups;
      if (group === undefined) return { alerts: [], total: 0 };
      const { alerts } = shownGroup(dispatcher, group, { matches, nowMs });
      const found = inShownOrder(ofStates(alerts, filter.states));
      const page = pageOf(found, offset, limit).map((shown) => groupedAlertMessage(shown, group.mutedBy));
      return { alerts: page, total: found.length };
    },

    async get(tenant, fingerprint) {
      const { dispatcher } = await views.of(tenant);
      const nowMs = clock();
      const status = dispatcher.alert(fingerprint, nowMs);
      if (status === undefined || isResolved(status.alert, nowMs)) {
        throw new AppError("not_found", `cannot find alert ${JSON.stringify(fingerprint.slice(0, 64))}: none fires`);
      }
      const keys = new Set(status.groupKeys);
      const groups = dispatcher.groups(nowMs).filter(({ groupKey }) => keys.has(groupKey));
      const matches = () => true;
      // Where several routes tell of it, what one of them still tells counts.
      const places = groups.map((group) => shownAlert(status, group, nowMs));
      const [first = shownAlert(status, undefined, nowMs)] = inShownOrder(places);
      return {
        alert: groupedAlertMessage(first, groups[places.indexOf(first)]?.mutedBy ?? []),
        groups: groups.map((group) => groupSummary(shownGroup(dispatcher, group, { matches, nowMs }), nowMs)),
      };
    },
  };
}

type Matches = (labels: Labels) => boolean;

function matchesOf({ matchers }: GroupedAlertFilter): Matches {
  if (matchers.trim() === "") return () => true;
  const parsed = parseMatchers(matchers).matchers;
  return (labels) => matchesFilter(parsed, labels);
}

interface Question {
  readonly matches: Matches;
  readonly nowMs: number;
}

function shownGroup(
  dispatcher: DispatchView["dispatcher"],
  group: GroupStatus,
  { matches, nowMs }: Question,
): ShownGroup {
  const isWanted = (alert: KeptAlert) => !isResolved(alert, nowMs) && matches(alert.labels);
  const alerts = group.alerts.filter(isWanted).flatMap(({ fingerprint }) => {
    const status = dispatcher.alert(fingerprint, nowMs);
    return status === undefined ? [] : shownAlert(status, group, nowMs);
  });
  return { group, alerts };
}

function ofStates(alerts: readonly Shown[], states: readonly GroupedAlertState[]): readonly Shown[] {
  return states.length === 0 ? alerts : alerts.filter(({ state }) => states.includes(state));
}

function pageOf<T>(all: readonly T[], offset: number, limit: number): readonly T[] {
  return all.slice(offset, offset + Math.min(limit === 0 ? DEFAULT_LIMIT : limit, MAX_LIMIT));
}
