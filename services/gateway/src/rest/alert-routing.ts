import type { AlertDecision } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import { moment } from "../json/scalars.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const maxSourceChars = 1024 * 1024;

const draft = z.strictObject({
  source: z.string().max(maxSourceChars).describe("alertmanager.yml"),
  templates: z
    .record(z.string().min(1).max(255), z.string().max(maxSourceChars))
    .default({})
    .describe("The files that it names as templates: name to text"),
  onlyCheck: z.boolean().default(false).describe("Say what is wrong with it, change nothing"),
});

const decisionForm = z.object({
  time: moment,
  step: z.string(),
  reason: z.string(),
  detail: z.string(),
  groupKey: z.string(),
  receiver: z.string(),
  integration: z.string(),
  ids: z.array(z.string()),
  due: moment.nullable().describe("When it will be told, or until when it will not"),
});

function decisionToJson({ timeUnixMs, dueUnixMs, ...decision }: AlertDecision): z.infer<typeof decisionForm> {
  return { ...decision, time: momentOfMs(timeUnixMs), due: dueUnixMs === 0n ? null : momentOfMs(dueUnixMs) };
}

function momentOfMs(unixMs: bigint): string {
  return new Date(Number(unixMs)).toISOString();
}

/** Whom alerts are told to, and why: the tenant's alertmanager.yml, and what was decided by it. */
export function alertRoutingRoutes(alertmanager: Clients["alertmanager"]): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/alert-routing",
      operation: "getAlertRouting",
      summary: "Read the configuration of routes and receivers, secrets hidden",
      tag: "alerts",
      access: "query",
      query: nothing,
      answer: z.object({
        version: z.number().describe("0 while nobody has put one"),
        source: z.string(),
        author: z.string(),
        created: moment.nullable(),
      }),
      call: async ({ caller, signal }) => {
        const found = await alertmanager.call("getConfiguration", {}, { tenant: caller.tenant, signal });
        const { version, source, author, createdAtUnixMs } = found;
        const created = createdAtUnixMs === 0n ? null : momentOfMs(createdAtUnixMs);
        return { version: Number(version), source, author, created };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/alert-routing",
      operation: "putAlertRouting",
      summary: "Check a configuration of routes and receivers, and put it in force",
      tag: "alerts",
      access: "edit",
      query: nothing,
      body: draft,
      answer: z.object({ version: z.number(), receivers: z.array(z.string()) }),
      call: async ({ body, caller, signal }) => {
        const request = { ...body, author: caller.name };
        const put = await alertmanager.call("putConfiguration", request, { tenant: caller.tenant, signal });
        return { version: Number(put.version), receivers: put.receivers };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/alerts/:id/explain",
      operation: "explainAlert",
      summary: "Read why somebody was told of an alert, or was not",
      tag: "alerts",
      access: "query",
      query: nothing,
      answer: z.object({ decisions: z.array(decisionForm) }),
      call: async ({ param, caller, signal }) => {
        const id = param("id");
        const isFingerprint = /^[0-9a-f]{16}$/.test(id);
        const alert = isFingerprint
          ? { $case: "fingerprint" as const, value: id }
          : { $case: "alertId" as const, value: id };
        const request = { alert, startUnixMs: 0n, endUnixMs: 0n };
        const { decisions } = await alertmanager.call("explainAlert", request, { tenant: caller.tenant, signal });
        return { decisions: decisions.map(decisionToJson) };
      },
    }),
  ];
}
