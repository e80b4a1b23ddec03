import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const refusal = z.object({ message: z.string() });

/** 429 comes with Retry-After (developer.webex.com, rate limiting). */
export function answerWebex(answer: HttpAnswer, nowMs: number): Outcome {
  const parsed = answer.status < 300 ? undefined : refusal.safeParse(jsonOf(answer)).data;
  const said = answer.status < 300 ? "" : (parsed?.message ?? answer.text);
  return outcomeOfStatus(answer, { nowMs, said });
}
