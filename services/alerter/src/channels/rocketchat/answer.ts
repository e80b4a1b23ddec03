import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { delivered, later, outcomeOfStatus, refused } from "../outcome.ts";

const answered = z.object({ success: z.boolean(), error: z.string().default("") });

/** Rocket.Chat may refuse with 200. */
export function answerRocketchat(answer: HttpAnswer, nowMs: number): Outcome {
  const { data } = answered.safeParse(jsonOf(answer));
  const outcome = outcomeOfStatus(answer, { nowMs, ...(data?.error && { said: data.error }) });
  // Nothing more came in time: the status says that the message was taken.
  if (!outcome.delivered || answer.text === "") return outcome;
  if (data === undefined) return later("an answer of Rocket.Chat that is none");
  return data.success ? delivered(String(answer.status)) : refused(data.error);
}
