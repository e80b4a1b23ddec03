import { isResolved } from "@sightline/alertmanager/dispatch/kept-alert";
import { parseMatchers } from "@sightline/alertmanager/matcher/parse-matchers";
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
import { createBoards, type Dispatched, type ShownGroup } from "./board.ts";
import { compareRanked, groupSummary, inShownOrder, noCounts, rankedGroup } from "./group-summary.ts";
import { groupedAlertMessage, type Shown, STATE_ORDER, shownAlert } from "./grouped-alert.ts";

export interface AlertGroupsOptions {
  /** What is known of a tenant's alerts. */
  readonly views: { of(tenant: string): Promise<{ readonly dispatcher: Dispatched }> };
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
  const boards = createBoards();

  return {
    async list(tenant, { filter = GroupedAlertFilter.create(), groupId, offset, limit, alertsPerGroup }) {
      const matched = matcherOf(filter);
      const { dispatcher } = await views.of(tenant);
      const nowMs = clock();
      const board = boards.of(tenant, dispatcher, nowMs);
      const all = (groupId === "" ? board.groups : board.withId(groupId)).map(matched).map(rankedGroup);
      const counts = noCounts();
      for (const group of all) for (const state of STATE_ORDER) counts[state] += group.counts[state];
      const wanted = all.flatMap((group) => {
        const alerts = ofStates(group.alerts, filter.states);
        if (alerts.length === 0) return [];
        return alerts.length === group.alerts.length ? group : rankedGroup({ group: group.group, alerts });
      });
      const listed = Math.min(alertsPerGroup, MAX_ALERTS_PER_GROUP);
      return {
        groups: pageOf(wanted.sort(compareRanked), offset, limit).map((group) => groupSummary(group, listed, nowMs)),
        totalGroups: wanted.length,
        firing: counts[GroupedAlertState.FIRING],
        acknowledged: counts[GroupedAlertState.ACKNOWLEDGED],
        suppressed: counts[GroupedAlertState.SUPPRESSED],
      };
    },

    async alerts(tenant, { groupId, receiver, filter = GroupedAlertFilter.create(), offset, limit }) {
      const matched = matcherOf(filter);
      const { dispatcher } = await views.of(tenant);
      const found = boards.of(tenant, dispatcher, clock()).withId(groupId);
      const group = found.find((one) => receiver === "" || one.group.receiver === receiver);
      if (group === undefined) return { alerts: [], total: 0 };
      const alerts = inShownOrder(ofStates(matched(group).alerts, filter.states));
      const page = pageOf(alerts, offset, limit).map((shown) => groupedAlertMessage(shown, group.group.mutedBy));
      return { alerts: page, total: alerts.length };
    },

    async get(tenant, fingerprint) {
      const { dispatcher } = await views.of(tenant);
      const nowMs = clock();
      const status = dispatcher.alert(fingerprint, nowMs);
      if (status === undefined || isResolved(status.alert, nowMs)) {
        throw new AppError("not_found", `cannot find alert ${JSON.stringify(fingerprint.slice(0, 64))}: none fires`);
      }
      const keys = new Set(status.groupKeys);
      const groups = boards.of(tenant, dispatcher, nowMs).groups.filter(({ group }) => keys.has(group.groupKey));
      // Where several routes tell of it, what one of them still tells counts.
      const places = groups.map(({ group }) => ({ group, shown: shownAlert(status, group, nowMs) }));
      const [first = shownAlert(status, undefined, nowMs)] = inShownOrder(places.map(({ shown }) => shown));
      const mutedBy = places.find(({ shown }) => shown === first)?.group.mutedBy ?? [];
      return {
        alert: groupedAlertMessage(first, mutedBy),
        groups: groups.map((group) => groupSummary(rankedGroup(group), 0, nowMs)),
      };
    },
  };
}

/** Leaves in a group what a filter's matchers are about. Throws invalid_argument. */
function matcherOf({ matchers }: GroupedAlertFilter): (group: ShownGroup) => ShownGroup {
  if (matchers.trim() === "") return (group) => group;
  const parsed = parseMatchers(matchers).matchers;
  return ({ group, alerts }) => ({
    group,
    alerts: alerts.filter(({ status }) => matchesFilter(parsed, status.alert.labels)),
  });
}

function ofStates(alerts: readonly Shown[], states: readonly GroupedAlertState[]): readonly Shown[] {
  return states.length === 0 ? alerts : alerts.filter(({ state }) => states.includes(state));
}

function pageOf<T>(all: readonly T[], offset: number, limit: number): readonly T[] {
  return all.slice(offset, offset + Math.min(limit === 0 ? DEFAULT_LIMIT : limit, MAX_LIMIT));
}
