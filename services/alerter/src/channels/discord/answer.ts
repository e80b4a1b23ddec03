import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { later, outcomeOfStatus } from "../outcome.ts";

const answered = z.object({ message: z.string().default(""), retry_after: z.number().optional() });

/** 204 is delivery. With 429 the body knows the wait to a fraction of a second (docs.discord.com, topics/rate-limits). */
export function answerDiscord(answer: HttpAnswer, nowMs: number): Outcome {
  const { data } = answered.safeParse(jsonOf(answer));
  const outcome = outcomeOfStatus(answer, { nowMs, ...(data?.message && { said: data.message }) });
  if (answer.status !== 429 || data?.retry_after === undefined) return outcome;
  return later(outcome.outcome, data.retry_after * 1000, "rate_limited");
}
