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

/** Whom alerts are told to: the tenant's alertmanager.yml. */
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
        const created = createdAtUnixMs === 0n ? null : new Date(Number(createdAtUnixMs)).toISOString();
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
  ];
}
