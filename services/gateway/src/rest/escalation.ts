import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { z } from "zod";
import { type Caller, maySeeTo } from "../auth/caller.ts";
import type { Oncall } from "../clients.ts";
import {
  contactsForm,
  contactsFromJson,
  contactsInput,
  contactsToJson,
  policyForm,
  policyFromJson,
  policyInput,
  policyToJson,
} from "../json/escalation.ts";
import { revisionInput } from "../json/oncall.ts";
import { momentFromText, timeText } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tag = "on-call";

/** Who is told next when nobody acknowledges, and how each user wants to be told. */
export function escalationRoutes(oncall: Oncall, clock: Clock): Route[] {
  return [...policyRoutes(oncall, clock), ...contactRoutes(oncall)];
}

function policyRoutes(oncall: Oncall, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/oncall/policies",
      operation: "listEscalationPolicies",
      summary: "List escalation policies, as they are or as they were",
      tag,
      access: "query",
      query: z.strictObject({ asOf: timeText }),
      answer: z.object({ policies: z.array(policyForm) }),
      call: async ({ query, caller, signal }) => {
        const request = { asOfUnixNano: momentFromText("asOf", query.asOf, clock()) };
        const { policies } = await oncall.call("listEscalationPolicies", request, { tenant: caller.tenant, signal });
        return { policies: policies.map(policyToJson) };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/oncall/policies/:name",
      operation: "putEscalationPolicy",
      summary: "Create or replace an escalation policy",
      tag,
      access: "edit",
      query: nothing,
      body: policyInput.extend({ revision: revisionInput }),
      answer: z.object({ policy: policyForm }),
      call: async ({ param, body, caller, signal }) => {
        const { revision, ...rest } = body;
        const request = { policy: policyFromJson(param("name"), rest), revision, userId: caller.name };
        const { policy } = await oncall.call("putEscalationPolicy", request, { tenant: caller.tenant, signal });
        if (policy === undefined) throw new AppError("internal", "cannot answer the policy: alerter answered none");
        return { policy: policyToJson(policy) };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/oncall/policies/:name",
      operation: "deleteEscalationPolicy",
      summary: "Delete an escalation policy",
      tag,
      access: "edit",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        const request = { name: param("name"), userId: caller.name };
        await oncall.call("deleteEscalationPolicy", request, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

function contactRoutes(oncall: Oncall): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/oncall/contacts",
      operation: "listContacts",
      summary: "List how users want to be told: everybody's for editors, else one's own",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ contacts: z.array(contactsForm) }),
      call: async ({ caller, signal }) => {
        const { contacts } = await oncall.call("listContacts", { asOfUnixNano: 0n }, { tenant: caller.tenant, signal });
        return { contacts: contacts.map(contactsToJson).filter(({ user }) => maySeeTo(caller, user)) };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/oncall/contacts/:user",
      operation: "putContacts",
      summary: "Set how a user wants to be told: one's own, or as an editor anybody's",
      tag,
      access: "query",
      query: nothing,
      body: contactsInput.extend({ revision: revisionInput }),
      answer: z.object({ contacts: contactsForm }),
      call: async ({ param, body, caller, signal }) => {
        assertMaySeeTo(caller, param("user"));
        const { revision, ...rest } = body;
        const request = { contacts: contactsFromJson(param("user"), rest), revision, userId: caller.name };
        const { contacts } = await oncall.call("putContacts", request, { tenant: caller.tenant, signal });
        if (contacts === undefined) throw new AppError("internal", "cannot answer contacts: alerter answered none");
        return { contacts: contactsToJson(contacts) };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/oncall/contacts/:user",
      operation: "deleteContacts",
      summary: "Delete how a user wants to be told: one's own, or as an editor anybody's",
      tag,
      access: "query",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        assertMaySeeTo(caller, param("user"));
        const request = { user: param("user"), userId: caller.name };
        await oncall.call("deleteContacts", request, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

function assertMaySeeTo(caller: Caller, user: string): void {
  if (maySeeTo(caller, user)) return;
  throw new AppError(
    "permission_denied",
    `cannot change how ${user} is told: got ${caller.name}, want ${user} or the role editor or admin`,
  );
}
