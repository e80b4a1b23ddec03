import type { HttpAnswer } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

/** A webhook's answer has no meaning but its status. */
export function answerWebhook(answer: HttpAnswer, nowMs: number): Outcome {
  return outcomeOfStatus(answer, { nowMs });
}
