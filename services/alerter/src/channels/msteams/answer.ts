import type { HttpAnswer } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { later, outcomeOfStatus } from "../outcome.ts";

/** Connectors answer 200 also where Teams refused, and say so as text (learn.microsoft.com, rate limiting for connectors). */
export function answerMsteams(answer: HttpAnswer, nowMs: number): Outcome {
  const outcome = outcomeOfStatus(answer, { nowMs });
  const throttled = outcome.delivered && answer.text.includes("HTTP error 429");
  return throttled ? later(outcome.outcome, undefined, "rate_limited") : outcome;
}
