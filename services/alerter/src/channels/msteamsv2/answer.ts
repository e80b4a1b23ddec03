import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const failed = z.object({ error: z.object({ message: z.string() }) });

/** 202: a workflow posts the card later. */
export function answerTeams(answer: HttpAnswer, nowMs: number): Outcome {
  const parsed = failed.safeParse(jsonOf(answer));
  return outcomeOfStatus(answer, { nowMs, ...(parsed.success && { said: parsed.data.error.message }) });
}
