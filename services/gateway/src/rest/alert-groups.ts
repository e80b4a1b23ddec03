import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import {
  groupedAlertForm,
  groupedAlertStates,
  groupedAlertToJson,
  groupSummaryForm,
  groupSummaryToJson,
} from "../json/alert-groups.ts";
import { count, list } from "./parse.ts";
import { type Route, readRoute } from "./route.ts";

const tag = "alerts";
const filterQuery = {
  filter: z
    .string()
    .max(8192)
    .default("")
    .describe('Matchers as in alertmanager.yml, with or without braces: team="a",severity=~"error|critical"'),
  state: list.pipe(z.array(groupedAlertStates.schema)),
  offset: count,
  limit: count,
};

function filterOf({ filter, state }: { filter: string; state: z.infer<typeof groupedAlertStates.schema>[] }) {
  return { matchers: filter, states: state.map((one) => groupedAlertStates.toNumber(one)) };
}

/** Alerts as they are routed: groups with what is in them counted, the alerts of one, and one alert. */
export function alertGroupRoutes(alertGroups: Clients["alertGroups"]): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/alert-groups",
      operation: "listAlertGroups",
      summary:
        "List groups of alerts as they are routed: those that need somebody first, with the first of their alerts",
      tag,
      access: "query",
      query: z.strictObject({ ...filterQuery, group: z.string().max(64).default(""), alerts: count }),
      answer: z.object({
        groups: z.array(groupSummaryForm),
        totalGroups: z.number(),
        firing: z.number(),
        acknowledged: z.number(),
        suppressed: z.number(),
      }),
      call: async ({ query, caller, signal }) => {
        const { group, offset, limit, alerts } = query;
        const request = { filter: filterOf(query), groupId: group, offset, limit, alertsPerGroup: alerts };
        const found = await alertGroups.call("listGroupSummaries", request, { tenant: caller.tenant, signal });
        return { ...found, groups: found.groups.map(groupSummaryToJson) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/alert-groups/:id/alerts",
      operation: "listGroupedAlerts",
      summary: "List the alerts of a group, those that fire first",
      tag,
      access: "query",
      query: z.strictObject({ ...filterQuery, receiver: z.string().max(1024).default("") }),
      answer: z.object({ alerts: z.array(groupedAlertForm), total: z.number() }),
      call: async ({ param, query, caller, signal }) => {
        const { receiver, offset, limit } = query;
        const request = { groupId: param("id"), receiver, filter: filterOf(query), offset, limit };
        const found = await alertGroups.call("listGroupedAlerts", request, { tenant: caller.tenant, signal });
        return { alerts: found.alerts.map(groupedAlertToJson), total: found.total };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/routed-alerts/:fingerprint",
      operation: "getRoutedAlert",
      summary: "Read an alert that fires, with what hides it and the groups that it is in",
      tag,
      access: "query",
      query: z.strictObject({}),
      answer: z.object({ alert: groupedAlertForm, groups: z.array(groupSummaryForm) }),
      call: async ({ param, caller, signal }) => {
        const request = { fingerprint: param("fingerprint") };
        const { alert, groups } = await alertGroups.call("getGroupedAlert", request, {
          tenant: caller.tenant,
          signal,
        });
        if (alert === undefined) throw new AppError("not_found", `cannot find alert ${request.fingerprint}`);
        return { alert: groupedAlertToJson(alert), groups: groups.map(groupSummaryToJson) };
      },
    }),
  ];
}
