import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import {
  alertGroupPageSchema,
  type GroupedState,
  groupedAlertPageSchema,
  routedAlertSchema,
} from "./alert-group-types.ts";
import { alertsKey } from "./alerts.ts";
import { ApiError } from "./api-error.ts";
import { call } from "./client.ts";
import { anySchema } from "./types.ts";

const pageSize = 100;
const refetchMs = 10_000;

/** Which alerts are looked at. */
export interface GroupFilters {
  /** Matchers as in alertmanager.yml; "" for all. */
  readonly filter: string;
  readonly states: readonly GroupedState[];
}

/** Groups of alerts, those that need somebody first, each with the first of its alerts. */
export function alertGroupsQuery({ filter, states }: GroupFilters) {
  return infiniteQueryOptions({
    queryKey: [...alertsKey, "groups", filter, states],
    queryFn: ({ signal, pageParam }) => {
      const query = { filter, state: states, alerts: 5, offset: pageParam, limit: pageSize };
      return call(alertGroupPageSchema, "/v1/alert-groups", { query, signal });
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.groups.length, 0);
      return last.groups.length > 0 && loaded < last.totalGroups ? loaded : undefined;
    },
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
}

/**
 * What fires that nobody has and nothing hides, be it of rules or sent by others: the groups that need somebody first, some alerts of each,
 * and how many alerts there are of each state.
 */
export const firingQuery = queryOptions({
  queryKey: [...alertsKey, "firing"],
  queryFn: ({ signal }) => {
    const query = { state: "firing", alerts: 5, limit: 50 };
    return call(alertGroupPageSchema, "/v1/alert-groups", { query, signal });
  },
  refetchInterval: refetchMs,
});

/** One group, which a link names; null once it is no more. */
export function alertGroupQuery(groupId: string) {
  return queryOptions({
    queryKey: [...alertsKey, "group", groupId],
    queryFn: async ({ signal }) => {
      const query = { group: groupId, limit: 10 };
      return (await call(alertGroupPageSchema, "/v1/alert-groups", { query, signal })).groups;
    },
    refetchInterval: refetchMs,
  });
}

/** The alerts of a group, those that fire first. */
export function groupAlertsQuery(group: { groupId: string; receiver: string }, { filter, states }: GroupFilters) {
  const { groupId, receiver } = group;
  return infiniteQueryOptions({
    queryKey: [...alertsKey, "group", groupId, receiver, filter, states],
    queryFn: ({ signal, pageParam }) => {
      const query = { receiver, filter, state: states, offset: pageParam, limit: 200 };
      const path = `/v1/alert-groups/${encodeURIComponent(groupId)}/alerts`;
      return call(groupedAlertPageSchema, path, { query, signal });
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.alerts.length, 0);
      return last.alerts.length > 0 && loaded < last.total ? loaded : undefined;
    },
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
}

/** One alert as it is routed; null once it is over. */
export function routedAlertQuery(fingerprint: string) {
  return queryOptions({
    queryKey: [...alertsKey, "routed", fingerprint],
    queryFn: async ({ signal }) => {
      try {
        return await call(routedAlertSchema, `/v1/routed-alerts/${encodeURIComponent(fingerprint)}`, { signal });
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 404) return null;
        throw thrown;
      }
    },
    refetchInterval: refetchMs,
  });
}

/** What somebody does to an alert or to a group. */
export type AlertAction =
  | { readonly verb: "acknowledge" | "unacknowledge" | "resolve" }
  | { readonly verb: "assign"; readonly assignee: string }
  | { readonly verb: "snooze"; readonly forSeconds: number };

/** To what: an alert by its id or by the fingerprint of its labels, or a group by its key. */
export type ActionTarget = { readonly alert: string } | { readonly groupKey: string };

/** Does it, with a note for the others. */
export async function actOnAlert(target: ActionTarget, action: AlertAction, note: string): Promise<void> {
  const { verb, ...rest } = action;
  if ("alert" in target) {
    const path = `/v1/alerts/${encodeURIComponent(target.alert)}/${verb}`;
    await call(anySchema, path, { method: "POST", body: { note, ...rest } });
  } else {
    const body = { groupKey: target.groupKey, note, ...rest };
    await call(anySchema, `/v1/alert-groups/${verb}`, { method: "POST", body });
  }
}
