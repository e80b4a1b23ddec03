import type { HttpAnswer } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

/** VictorOps documents no answers, so that only their status counts. */
export function answerVictorops(answer: HttpAnswer, nowMs: number): Outcome {
  return outcomeOfStatus(answer, { nowMs });
}
