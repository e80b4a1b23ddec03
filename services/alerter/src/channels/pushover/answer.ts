import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const refusal = z.object({ errors: z.array(z.string()) });

/** 4xx is the message's fault, 429 the month's quota (pushover.net/api#friendly). */
export function answerPushover(answer: HttpAnswer, nowMs: number): Outcome {
  const parsed = refusal.safeParse(jsonOf(answer));
  return outcomeOfStatus(answer, { nowMs, ...(parsed.success && { said: parsed.data.errors.join(", ") }) });
}
