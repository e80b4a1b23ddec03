import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { type Alert, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { z } from "zod";
import type { Alerter } from "../clients.ts";
import {
  alertChangeForm,
  alertChangeToJson,
  alertForm,
  alertStates,
  alertToJson,
  notificationForm,
  notificationToJson,
} from "../json/alerts.ts";
import { count, list, rangeFrom, rangeQuery } from "./parse.ts";
import { type Route, readRoute } from "./route.ts";

function alertOf(answer: { alert: Alert | undefined }, id: string): z.infer<typeof alertForm> {
  if (answer.alert === undefined) throw new AppError("not_found", `cannot find alert ${id}`);
  return alertToJson(answer.alert);
}

export function alertRoutes(alerter: Alerter, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/alerts",
      operation: "listAlerts",
      summary: "List alerts",
      tag: "alerts",
      access: "query",
      query: z.strictObject({ ...rangeQuery, state: list.pipe(z.array(alertStates.schema)), limit: count }),
      answer: z.object({ alerts: z.array(alertForm), totalActiveAlerts: z.number() }),
      call: async ({ query, caller, signal }) => {
        const request = ListAlertsRequest.fromPartial({
          ...rangeFrom(query, clock()),
          states: query.state.map((state) => alertStates.toNumber(state)),
          limit: query.limit,
        });
        const found = await alerter.call("listAlerts", request, { tenant: caller.tenant, signal });
        return { alerts: found.alerts.map(alertToJson), totalActiveAlerts: found.totalActiveAlerts };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/alerts/:id",
      operation: "getAlert",
      summary: "Read an alert with its history and notifications",
      tag: "alerts",
      access: "query",
      query: z.strictObject({}),
      answer: z.object({
        alert: alertForm,
        history: z.array(alertChangeForm),
        notifications: z.array(notificationForm),
      }),
      call: async ({ param, caller, signal }) => {
        const found = await alerter.call("getAlert", { alertId: param("id") }, { tenant: caller.tenant, signal });
        return {
          alert: alertOf(found, param("id")),
          history: found.history.map(alertChangeToJson),
          notifications: found.notifications.map(notificationToJson),
        };
      },
    }),
  ];
}
