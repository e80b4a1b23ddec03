import type { Outcome } from "../integration.ts";
import { delivered } from "../outcome.ts";

/** A log always takes what it is given. */
export function answerConsole(): Outcome {
  return delivered("written to the log");
}
