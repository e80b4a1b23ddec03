import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { rangeQuery, type TimeRange } from "../time/time-range.ts";
import {
  alertDetailSchema,
  alertListSchema,
  type Channel,
  channelListSchema,
  channelTestSchema,
  type Rule,
  ruleListSchema,
} from "./alert-types.ts";
import { call } from "./client.ts";
import { anySchema } from "./types.ts";

/** Where every answer about alerts is kept: made invalid after each change. */
export const alertsKey = ["alerts"] as const;
export const rulesKey = ["rules"] as const;
export const channelsKey = ["channels"] as const;

/** Pending, firing and acknowledged alerts; firing first. */
export const activeAlertsQuery = queryOptions({
  queryKey: [...alertsKey, "active"],
  queryFn: ({ signal }) => call(alertListSchema, "/v1/alerts", { query: { limit: 500 }, signal }),
  refetchInterval: 10_000,
});

/** Alerts of a range that have ended. */
export function resolvedAlertsQuery(range: TimeRange) {
  return queryOptions({
    queryKey: [...alertsKey, "resolved", range],
    queryFn: async ({ signal }) => {
      const query = { state: "resolved", limit: 500, ...rangeQuery(range) };
      return (await call(alertListSchema, "/v1/alerts", { query, signal })).alerts;
    },
    placeholderData: keepPreviousData,
  });
}

/** One alert with its history and notifications. */
export function alertQuery(alertId: string) {
  return queryOptions({
    queryKey: [...alertsKey, "one", alertId],
    queryFn: ({ signal }) => call(alertDetailSchema, alertPath(alertId), { signal }),
    refetchInterval: 10_000,
  });
}

/** Takes or ends an alert, with a note for the others. */
export async function changeAlert(alertId: string, change: "acknowledge" | "resolve", note: string): Promise<void> {
  await call(anySchema, `${alertPath(alertId)}/${change}`, { method: "POST", body: { note } });
}

/** All rules, by name. */
export const rulesQuery = queryOptions({
  queryKey: rulesKey,
  queryFn: async ({ signal }) => (await call(ruleListSchema, "/v1/rules", { signal })).rules,
  refetchInterval: 30_000,
});

/** Creates the rule when it has no id yet, replaces it otherwise. */
export async function saveRule(rule: Rule): Promise<void> {
  const { lastEvaluated: _evaluated, lastError: _error, ruleId, ...body } = rule;
  if (ruleId === "") await call(anySchema, "/v1/rules", { method: "POST", body });
  else await call(anySchema, `/v1/rules/${encodeURIComponent(ruleId)}`, { method: "PUT", body });
}

/** Removes a rule; its alerts end. */
export async function deleteRule(ruleId: string): Promise<void> {
  await call(anySchema, `/v1/rules/${encodeURIComponent(ruleId)}`, { method: "DELETE" });
}

/** All channels, by name. */
export const channelsQuery = queryOptions({
  queryKey: channelsKey,
  queryFn: async ({ signal }) => (await call(channelListSchema, "/v1/channels", { signal })).channels,
});

/** Creates or replaces a channel. */
export async function saveChannel(channel: Channel): Promise<void> {
  const { name, webhook } = channel;
  if (webhook === undefined) {
    await call(anySchema, channelPath(name), { method: "PUT", body: { console: {} } });
    return;
  }
  const { hasBearerToken: _known, ...input } = webhook;
  await call(anySchema, channelPath(name), { method: "PUT", body: { webhook: input } });
}

/** Removes a channel; refused while a rule names it. */
export async function deleteChannel(name: string): Promise<void> {
  await call(anySchema, channelPath(name), { method: "DELETE" });
}

/** Sends a test notification and tells what the receiver answered. */
export function testChannel(name: string): Promise<{ delivered: boolean; outcome: string }> {
  return call(channelTestSchema, `${channelPath(name)}/test`, { method: "POST", body: {} });
}

function alertPath(alertId: string): string {
  return `/v1/alerts/${encodeURIComponent(alertId)}`;
}

function channelPath(name: string): string {
  return `/v1/channels/${encodeURIComponent(name)}`;
}
