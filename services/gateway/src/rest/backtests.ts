import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Backtests } from "../clients.ts";
import { backtestForm, backtestToJson } from "../json/backtests.ts";
import { type Route, writeRoute } from "./route.ts";

const MAX_SECONDS = 31 * 24 * 3600;
/** The alerter ends by itself before. */
const deadlineMs = 290_000;

/** What other rules and routes would have told whom: nothing is changed by it, so that whoever may query may ask. */
export function backtestRoutes(backtests: Backtests): Route[] {
  return [
    writeRoute({
      method: "post",
      path: "/v1/backtests",
      operation: "backtest",
      summary: "Replay other rules and routes over what was stored, tell nobody, and say what would be different",
      tag: "rules",
      access: "query",
      query: z.strictObject({}),
      body: z.strictObject({
        sinceSeconds: z
          .int()
          .min(60)
          .max(MAX_SECONDS)
          .default(14 * 24 * 3600)
          .describe("How far back it begins"),
        files: z
          .array(z.strictObject({ name: z.string(), source: z.string().describe("YAML") }))
          .default([])
          .describe("Each in place of the rule file of its name, or beside those that there are"),
        deletedFiles: z.array(z.string()).default([]),
        configuration: z.string().optional().describe("An alertmanager.yml in place of the one in force"),
      }),
      answer: backtestForm,
      call: async ({ body, caller, signal }) => {
        const { sinceSeconds, configuration, ...rest } = body;
        const request = { ...rest, sinceMs: BigInt(sinceSeconds * 1000), configuration };
        for await (const { part } of backtests.stream("backtest", request, {
          tenant: caller.tenant,
          signal,
          deadlineMs,
        })) {
          if (part?.$case === "answer") return backtestToJson(part.value);
        }
        throw new AppError("internal", "cannot answer the backtest: the alerter answered none");
      },
    }),
  ];
}
