import { z } from "zod";
import type { Retention } from "../clients.ts";
import { keptForm, keptToJson, recordKinds } from "../json/retention.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const answer = z.object({ kinds: z.array(keptForm) });
const days = z
  .number()
  .int()
  .min(1)
  .max(3650)
  .nullable()
  .optional()
  .describe("Days; null: the default again; left out: as it is");
const changes = z.strictObject(Object.fromEntries(recordKinds.map((kind) => [kind, days])));

/** How long what is kept. */
export function retentionRoutes(retention: Retention): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/retention",
      operation: "getRetention",
      summary: "Read how long what is kept, as asked for and as applied, and what there is of it",
      tag: "retention",
      access: "query",
      query: nothing,
      answer,
      call: async ({ caller, signal }) => {
        const { kinds } = await retention.call("getRetention", {}, { tenant: caller.tenant, signal });
        return { kinds: kinds.map(keptToJson) };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/retention",
      operation: "setRetention",
      summary: "Change how long what is kept",
      tag: "retention",
      access: "admin",
      query: nothing,
      body: changes,
      answer,
      call: async ({ body, caller, signal }) => {
        const named = Object.entries(body).flatMap(([kind, value]) =>
          value === undefined ? [] : [{ kind, days: value ?? 0 }],
        );
        const { kinds } = await retention.call("setRetention", { changes: named }, { tenant: caller.tenant, signal });
        return { kinds: kinds.map(keptToJson) };
      },
    }),
  ];
}
