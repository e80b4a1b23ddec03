import type { Clock } from "@sightline/model/time";
import type { Action, ActOnAlertRequest } from "@sightline/proto/sightline/alert/v1/action_service";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import { alertForm, alertToJson } from "../json/alerts.ts";
import { careForm, careToJson } from "../json/care.ts";
import { type Route, writeRoute } from "./route.ts";
import { snoozeFields, snoozeTime } from "./snooze.ts";

const noted = z.strictObject({ note: z.string().max(4096).default("") });
const assigned = noted.extend({
  assignee: z.string().max(256).describe("Who shall see to it; empty: nobody in particular any more"),
});
const snoozed = noted.extend(snoozeFields);
const ofGroup = { groupKey: z.string().min(1).max(65_536).describe("As groups and notifications have it") };

const comesBack = z.string().describe("After resolve: when it comes back, in a sentence; else empty");
const alertAnswer = z.object({
  alert: alertForm.nullable().describe("null when it is not an alert of a rule"),
  fingerprint: z.string().describe("Of its labels as they are routed"),
  care: careForm,
  comesBack,
});
const groupAnswer = z.object({ care: careForm, alerts: z.number().describe("How many of it fire"), comesBack });

/** One thing that somebody does to an alert or to a group. */
interface Verb<Sent> {
  readonly name: "acknowledge" | "unacknowledge" | "assign" | "snooze" | "resolve";
  readonly ofAlert: string;
  readonly ofGroup: string;
  readonly body: z.ZodType<Sent & { note: string }>;
  readonly groupBody: z.ZodType<Sent & { note: string; groupKey: string }>;
  verbOf(sent: Sent): NonNullable<Action["verb"]>;
}

/**
 * What people do to alerts, be they of rules or sent by others: `:id` is the id of an alert of a rule or, of any alert, the
 * fingerprint of its labels. Groups are known by their group key, which is too long for a path.
 */
export function alertActionRoutes(actions: Clients["alertActions"], clock: Clock): Route[] {
  const both = <Sent>(verb: Verb<Sent>): Route[] => [alertRoute(verb, actions), groupRoute(verb, actions)];
  const plain = { body: noted.prefault({}), groupBody: noted.extend(ofGroup) };
  return [
    ...both({
      name: "acknowledge",
      ofAlert: "Acknowledge an alert: nobody is told again of it while it fires",
      ofGroup: "Acknowledge a group of alerts: nobody is told again until something new fires in it",
      ...plain,
      verbOf: () => ({ $case: "acknowledge", value: {} }),
    }),
    ...both({
      name: "unacknowledge",
      ofAlert: "Take back that an alert is acknowledged or snoozed",
      ofGroup: "Take back that a group of alerts is acknowledged or snoozed",
      ...plain,
      verbOf: () => ({ $case: "unacknowledge", value: {} }),
    }),
    ...both({
      name: "assign",
      ofAlert: "Assign an alert to a user",
      ofGroup: "Assign a group of alerts to a user",
      body: assigned,
      groupBody: assigned.extend(ofGroup),
      verbOf: ({ assignee }) => ({ $case: "assign", value: { assignee } }),
    }),
    ...both({
      name: "snooze",
      ofAlert: "Snooze an alert: it comes back by itself if it still fires",
      ofGroup: "Snooze a group of alerts: it comes back by itself if something in it still fires",
      body: snoozed,
      groupBody: snoozed.extend(ofGroup),
      verbOf: (sent) => ({ $case: "snooze", value: snoozeTime(sent, clock()) }),
    }),
    ...both({
      name: "resolve",
      ofAlert:
        "Resolve an alert by hand: it comes back when its sender says so again, or the next evaluation of its rule still finds it",
      ofGroup: "Resolve the alerts of a group by hand: what still fires comes back",
      ...plain,
      verbOf: () => ({ $case: "resolve", value: {} }),
    }),
  ];
}

function alertRoute<Sent>(verb: Verb<Sent>, actions: Clients["alertActions"]): Route {
  return writeRoute({
    method: "post",
    path: `/v1/alerts/:id/${verb.name}`,
    operation: `${verb.name}Alert`,
    summary: verb.ofAlert,
    tag: "alerts",
    access: "edit",
    query: z.strictObject({}),
    body: verb.body,
    answer: alertAnswer,
    call: async ({ param, body, caller, signal }) => {
      const action = { verb: verb.verbOf(body), note: body.note };
      const request = { alert: alertOf(param("id")), action, userId: caller.name };
      const answer = await actions.call("actOnAlert", request, { tenant: caller.tenant, signal });
      const { alert, fingerprint, care, comesBack: when } = answer;
      const rule = alert === undefined ? null : alertToJson(alert);
      return { alert: rule, fingerprint, care: careToJson(care), comesBack: when };
    },
  });
}

function groupRoute<Sent>(verb: Verb<Sent>, actions: Clients["alertActions"]): Route {
  return writeRoute({
    method: "post",
    path: `/v1/alert-groups/${verb.name}`,
    operation: `${verb.name}AlertGroup`,
    summary: verb.ofGroup,
    tag: "alerts",
    access: "edit",
    query: z.strictObject({}),
    body: verb.groupBody,
    answer: groupAnswer,
    call: async ({ body, caller, signal }) => {
      const action = { verb: verb.verbOf(body), note: body.note };
      const request = { groupKey: body.groupKey, action, userId: caller.name };
      const answer = await actions.call("actOnAlertGroup", request, { tenant: caller.tenant, signal });
      return { care: careToJson(answer.care), alerts: answer.alerts, comesBack: answer.comesBack };
    },
  });
}

function alertOf(id: string): NonNullable<ActOnAlertRequest["alert"]> {
  const isFingerprint = /^[0-9a-f]{16}$/.test(id);
  return isFingerprint ? { $case: "fingerprint", value: id } : { $case: "alertId", value: id };
}
