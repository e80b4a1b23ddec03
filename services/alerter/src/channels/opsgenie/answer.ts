import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { outcomeOfStatus } from "../outcome.ts";

const said = z.object({ message: z.string() });

/** 202: requests are worked off later; an alias that there is none of is not told of. */
export function answerOpsgenie(answer: HttpAnswer, nowMs: number): Outcome {
  const parsed = said.safeParse(jsonOf(answer));
  return outcomeOfStatus(answer, { nowMs, ...(parsed.success && { said: parsed.data.message }) });
}
