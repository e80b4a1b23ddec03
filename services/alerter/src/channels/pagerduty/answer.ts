import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const badRequest = z.object({ message: z.string().default(""), errors: z.array(z.string()).default([]) });

/** 202 is delivery; v1 says 403 where v2 says 429, which means to come back later (PagerDuty, response codes). */
export function answerPagerduty(answer: HttpAnswer, nowMs: number, api: "v1" | "v2"): Outcome {
  const parsed = answer.status === 400 ? badRequest.safeParse(jsonOf(answer)) : undefined;
  const said = parsed?.data === undefined ? "" : `${parsed.data.message}: ${parsed.data.errors.join(",")}`;
  return outcomeOfStatus(answer, {
    nowMs,
    ...(said !== "" && { said }),
    ...(api === "v1" && { retryStatuses: [403] }),
  });
}
