import { invalid } from "@sightline/errors/app-error";
import type { AlertFilter, AlertGroup, RoutedAlert } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { createBreath } from "@sightline/query/breath";
import type { Parameters } from "../http/request-parameters.ts";
import { type ApiRequest, alerterCall, type Endpoint, timeText } from "./endpoint.ts";
import { flagOf } from "./parameters.ts";
import { readPostedAlerts } from "./posted-alerts.ts";

/** More are handed on in pieces. */
const MAX_AT_ONCE = 10_000;

/** What Prometheus and `amtool alert` speak (api/v2/openapi.yaml). */
export const alertEndpoints: readonly Endpoint[] = [
  {
    method: "post",
    path: "/alerts",
    access: "send",
    answer: async (request, { alertmanager }) => {
      const { alerts, refusals } = await readPostedAlerts(request.body, createBreath(request.signal));
      for (let from = 0; from < alerts.length; from += MAX_AT_ONCE) {
        const posted = { alerts: alerts.slice(from, from + MAX_AT_ONCE) };
        refusals.add(...(await alertmanager.call("postAlerts", posted, alerterCall(request))).refusals);
      }
      const refused = refusals.text();
      if (refused !== undefined) throw invalid(refused);
    },
  },
  {
    method: "get",
    path: "/alerts",
    access: "query",
    answer: async (request, { alertmanager }) => {
      const found: object[] = [];
      const answers = alertmanager.stream("listRoutedAlerts", { filter: filterOf(request) }, alerterCall(request));
      for await (const { alerts } of answers) found.push(...alerts.map((alert) => alertJson(alert, [])));
      return found;
    },
  },
  {
    method: "get",
    path: "/alerts/groups",
    access: "query",
    answer: async (request, { alertmanager }) => {
      const asked = { filter: filterOf(request), withoutMuted: !flagOf(request.parameters, "muted") };
      const found: ReturnType<typeof groupJson>[] = [];
      const answers = alertmanager.stream("listAlertGroups", asked, alerterCall(request));
      for await (const { groups } of answers) {
        for (const group of groups) {
          const json = groupJson(group);
          // A group that has many alerts comes in pieces.
          if (group.continued) found.at(-1)?.alerts.push(...json.alerts);
          else found.push(json);
        }
      }
      return found;
    },
  },
];

function filterOf({ parameters }: ApiRequest): AlertFilter {
  // Nothing is shown that was not processed: the parameter is only checked.
  flagOf(parameters, "unprocessed");
  return {
    ...matchersOf(parameters),
    receiver: parameters.get("receiver"),
    withoutActive: !flagOf(parameters, "active"),
    withoutSilenced: !flagOf(parameters, "silenced"),
    withoutInhibited: !flagOf(parameters, "inhibited"),
  };
}

function matchersOf(parameters: Parameters): Pick<AlertFilter, "matchers" | "receiverMatchers"> {
  return { matchers: [...parameters.all("filter")], receiverMatchers: [...parameters.all("receiver_matchers")] };
}

/** `intervals` are names of those that mute its group; maintenance windows are told of as they are. */
function alertJson(alert: RoutedAlert, intervals: readonly string[]): object {
  const { silencedBy, inhibitedBy } = alert;
  const mutedBy = [...intervals, ...alert.windows.map(({ name }) => name)];
  return {
    annotations: alert.annotations,
    endsAt: timeText(alert.endsAtUnixMs),
    fingerprint: alert.fingerprint,
    receivers: alert.receivers.map((name) => ({ name })),
    startsAt: timeText(alert.startsAtUnixMs),
    status: {
      inhibitedBy,
      mutedBy,
      silencedBy,
      state: alert.suppressed || mutedBy.length > 0 ? "suppressed" : "active",
    },
    updatedAt: timeText(alert.updatedAtUnixMs),
    ...(alert.generatorUrl === "" ? {} : { generatorURL: alert.generatorUrl }),
    labels: alert.labels,
  };
}

function groupJson({ labels: groupLabels, routeLabels, receiver, mutedBy, alerts }: AlertGroup) {
  return {
    alerts: alerts.map((alert) => alertJson(alert, mutedBy)),
    labels: groupLabels,
    receiver: { name: receiver },
    routeLabels,
  };
}
