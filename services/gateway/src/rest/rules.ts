import { AppError } from "@sightline/errors/app-error";
import type { Rule } from "@sightline/proto/sightline/alert/v1/alert_service";
import { z } from "zod";
import type { Alerter } from "../clients.ts";
import {
  channelForm,
  channelFromJson,
  channelInput,
  channelToJson,
  ruleForm,
  ruleFromJson,
  ruleInput,
  ruleToJson,
} from "../json/alerts.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});

function ruleOf(answer: { rule: Rule | undefined }): z.infer<typeof ruleForm> {
  if (answer.rule === undefined) throw new AppError("internal", "cannot answer the rule: alerter answered none");
  return ruleToJson(answer.rule);
}

export function ruleRoutes(alerter: Alerter): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/rules",
      operation: "listRules",
      summary: "List alert rules",
      tag: "rules",
      access: "query",
      query: nothing,
      answer: z.object({ rules: z.array(ruleForm) }),
      call: async ({ caller, signal }) => {
        const found = await alerter.call("listRules", {}, { tenant: caller.tenant, signal });
        return { rules: found.rules.map(ruleToJson) };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/rules",
      operation: "createRule",
      summary: "Create an alert rule",
      tag: "rules",
      access: "edit",
      query: nothing,
      body: ruleInput,
      answer: z.object({ rule: ruleForm }),
      call: async ({ body, caller, signal }) => ({
        rule: ruleOf(
          await alerter.call("putRule", { rule: ruleFromJson("", body) }, { tenant: caller.tenant, signal }),
        ),
      }),
    }),
    writeRoute({
      method: "put",
      path: "/v1/rules/:id",
      operation: "replaceRule",
      summary: "Replace an alert rule",
      tag: "rules",
      access: "edit",
      query: nothing,
      body: ruleInput,
      answer: z.object({ rule: ruleForm }),
      call: async ({ param, body, caller, signal }) => {
        const request = { rule: ruleFromJson(param("id"), body) };
        return { rule: ruleOf(await alerter.call("putRule", request, { tenant: caller.tenant, signal })) };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/rules/:id",
      operation: "deleteRule",
      summary: "Delete an alert rule",
      tag: "rules",
      access: "edit",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        await alerter.call("deleteRule", { ruleId: param("id") }, { tenant: caller.tenant, signal });
        return {};
      },
    }),
  ];
}

export function channelRoutes(alerter: Alerter): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/channels",
      operation: "listChannels",
      summary: "List notification channels",
      tag: "channels",
      access: "query",
      query: nothing,
      answer: z.object({ channels: z.array(channelForm) }),
      call: async ({ caller, signal }) => {
        const found = await alerter.call("listChannels", {}, { tenant: caller.tenant, signal });
        return { channels: found.channels.map(channelToJson) };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/channels/:name",
      operation: "putChannel",
      summary: "Create or replace a notification channel",
      tag: "channels",
      access: "edit",
      query: nothing,
      body: channelInput,
      answer: z.object({ channel: channelForm }),
      call: async ({ param, body, caller, signal }) => {
        const request = { channel: channelFromJson(param("name"), body) };
        const { channel } = await alerter.call("putChannel", request, { tenant: caller.tenant, signal });
        if (channel === undefined) throw new AppError("internal", "cannot answer the channel: alerter answered none");
        return { channel: channelToJson(channel) };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/channels/:name",
      operation: "deleteChannel",
      summary: "Delete a notification channel",
      tag: "channels",
      access: "edit",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller, signal }) => {
        await alerter.call("deleteChannel", { name: param("name") }, { tenant: caller.tenant, signal });
        return {};
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/channels/:name/test",
      operation: "testChannel",
      summary: "Send a test notification",
      tag: "channels",
      access: "edit",
      query: nothing,
      body: nothing.prefault({}),
      answer: z.object({ delivered: z.boolean(), outcome: z.string() }),
      call: async ({ param, caller, signal }) => {
        const call = { tenant: caller.tenant, signal, deadlineMs: 60_000 };
        return alerter.call("testChannel", { name: param("name") }, call);
      },
    }),
  ];
}
