import { defineIntegration } from "../define-integration.ts";
import type { Outcome } from "../integration.ts";
import { answerTelegram } from "./answer.ts";
import { telegramSettings } from "./config.ts";
import { plainTelegram, renderTelegram } from "./render.ts";

/** A chat of Telegram, by a bot. */
export const telegram = defineIntegration({
  kind: "telegram",
  settings: telegramSettings,
  // core.telegram.org/bots/faq: one a second in a chat, twenty a minute in a group.
  rateLimits: [
    { count: 1, perMs: 1000 },
    { count: 20, perMs: 60_000 },
  ],
  rateKey: ({ botToken, chatId }) => `${botToken.reveal()} ${chatId}`,
  async send(settings, sending) {
    const { fields, rim, receiverData } = sending;
    const known = receiverData["movedTo"] ?? settings.chatId;
    const first = answerTelegram(await sending.fetch(renderTelegram(settings, sending, known)), rim.clock());
    if (first.outcome.delivered) return moved(first.outcome, known, settings.chatId);
    if (first.movedTo !== undefined && first.movedTo !== known) {
      const again = await sending.fetch(renderTelegram(settings, sending, first.movedTo));
      return moved(answerTelegram(again, rim.clock()).outcome, first.movedTo, settings.chatId);
    }
    if (!first.unreadable) return first.outcome;
    fields.remark(`Telegram could not read the message: ${first.outcome.outcome}`);
    const plain = await sending.fetch(plainTelegram(settings, sending, known));
    return moved(answerTelegram(plain, rim.clock()).outcome, known, settings.chatId);
  },
});

/** Where the chat is now stays known, so that it need not be asked for again. */
function moved(outcome: Outcome, chatId: string | number, configured: number): Outcome {
  return outcome.delivered && chatId !== configured ? { ...outcome, receiverData: { movedTo: chatId } } : outcome;
}
