import type { EscalationAnswer, Outcome } from "../integration.ts";
import { delivered, refused } from "../outcome.ts";

/** Whether the group was taken, and what became of it. */
export function answerEscalation({ taken, said }: EscalationAnswer): Outcome {
  return taken ? delivered(said) : refused(said, "failed_precondition");
}
