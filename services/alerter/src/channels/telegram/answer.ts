import { z } from "zod";
import { type HttpAnswer, jsonOf } from "../http.ts";
import type { Outcome } from "../integration.ts";
import { later, outcomeOfStatus } from "../outcome.ts";

const answered = z.object({
  description: z.string().default(""),
  parameters: z.object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() }).default({}),
});

/** What Telegram made of a message. */
export interface TelegramAnswer {
  readonly outcome: Outcome;
  /** The group has become a supergroup, whose id this is. */
  readonly movedTo?: number;
  /** It could not read the markup. */
  readonly unreadable: boolean;
}

/** The Bot API says more than its status (core.telegram.org/bots/api#making-requests, #responseparameters). */
export function answerTelegram(answer: HttpAnswer, nowMs: number): TelegramAnswer {
  const { data } = answered.safeParse(jsonOf(answer));
  const said = data?.description ?? "";
  const unreadable = answer.status === 400 && /can't parse entities/i.test(said);
  const { retry_after, migrate_to_chat_id } = data?.parameters ?? {};
  // Its whole body would repeat the message.
  const byStatus = outcomeOfStatus(answer, { nowMs, said });
  const waits = answer.status === 429 && retry_after !== undefined;
  const outcome = waits ? later(byStatus.outcome, retry_after * 1000, "rate_limited") : byStatus;
  return { outcome, unreadable, ...(migrate_to_chat_id !== undefined && { movedTo: migrate_to_chat_id }) };
}
