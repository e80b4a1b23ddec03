import { ListRuleGroupsRequest } from "@sightline/proto/sightline/alert/v1/rule_service";
import { z } from "zod";
import type { Rules } from "../clients.ts";
import { ruleFileOutcomeForm, ruleFileOutcomeToJson, rulePackForm, rulePackToJson } from "../json/rule-files.ts";
import { ruleGroupForm, ruleGroupToJson, ruleTypes } from "../json/rule-groups.ts";
import { list } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";
import { keptOutcome } from "./rule-files.ts";

const nothing = z.strictObject({});
const tag = "rules";
const deadlineMs = 60_000;
const MAX_GROUPS = 1000;

const groupQuery = z.strictObject({
  file: list,
  group: list,
  rule: list.describe("Names of rules"),
  type: ruleTypes.schema.optional(),
  alerts: z.stringbool().default(true).describe("Whether their alerts are answered"),
  limit: z.coerce.number().int().min(1).max(MAX_GROUPS).default(100).describe("Groups on a page"),
  cursor: z.string().default("").describe("The answer's next, for the following page"),
});

/** How the rules of files fare, and the rules that are shipped. */
export function ruleGroupRoutes(rules: Rules): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/rule-groups",
      operation: "listRuleGroups",
      summary: "List the groups of rule files, how their rules fare, and their alerts",
      tag,
      access: "query",
      query: groupQuery,
      answer: z.object({ groups: z.array(ruleGroupForm), next: z.string().nullable() }),
      call: async ({ query, caller, signal }) => {
        const request = ListRuleGroupsRequest.fromPartial({
          files: query.file,
          groups: query.group,
          rules: query.rule,
          type: ruleTypes.toNumber(query.type),
          withoutAlerts: !query.alerts,
          limit: query.limit,
          nextGroup: query.cursor,
        });
        const groups: z.infer<typeof ruleGroupForm>[] = [];
        let next = "";
        const options = { tenant: caller.tenant, signal, deadlineMs };
        for await (const message of rules.stream("listRuleGroups", request, options)) {
          groups.push(...message.groups.map(ruleGroupToJson));
          next = message.nextGroup;
        }
        return { groups, next: next || null };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/rule-packs",
      operation: "listRulePacks",
      summary: "List the rules that are shipped, by packs",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ packs: z.array(rulePackForm) }),
      call: async ({ caller, signal }) => {
        const { packs } = await rules.call("listRulePacks", {}, { tenant: caller.tenant, signal });
        return { packs: packs.map(rulePackToJson) };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/rule-packs/:name/enable",
      operation: "enableRulePack",
      summary: "Put a pack's rules in force as the file pack:<name>, a copy that may be changed",
      tag,
      access: "edit",
      query: nothing,
      body: z
        .strictObject({ replace: z.boolean().default(false).describe("Also in place of a copy that was changed") })
        .prefault({}),
      answer: ruleFileOutcomeForm,
      call: async ({ param, body, caller, signal }) => {
        const request = { name: param("name"), userId: caller.name, ...body };
        const { outcome } = await rules.call("enableRulePack", request, { tenant: caller.tenant, signal, deadlineMs });
        return ruleFileOutcomeToJson(keptOutcome(outcome));
      },
    }),
  ];
}
