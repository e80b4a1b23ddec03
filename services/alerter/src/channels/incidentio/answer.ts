import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const refusal = z.object({
  message: z.string().default(""),
  error: z.string().default(""),
  errors: z.array(z.string()).default([]),
});

/** What was wrong is in one of three places. */
export function answerIncidentio(answer: HttpAnswer, nowMs: number): Outcome {
  const { data } = refusal.safeParse(jsonOf(answer));
  const said = [data?.message, data?.error, data?.errors.join(", ")].filter((part) => part).join(": ");
  return outcomeOfStatus(answer, { nowMs, ...(said !== "" && { said }) });
}
