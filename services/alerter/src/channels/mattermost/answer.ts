import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const refusal = z.object({ message: z.string() });

/** `ok` as text, or an error as JSON. */
export function answerMattermost(answer: HttpAnswer, nowMs: number): Outcome {
  const parsed = refusal.safeParse(jsonOf(answer));
  return outcomeOfStatus(answer, { nowMs, ...(parsed.success && { said: parsed.data.message }) });
}
