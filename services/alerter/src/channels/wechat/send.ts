import { defineIntegration } from "../define-integration.ts";
import { later } from "../outcome.ts";
import { answerWechat, tokenOf } from "./answer.ts";
import { wechatSettings } from "./config.ts";
import { renderToken, renderWechat } from "./render.ts";

/** WeChat Work. Each message asks for a token of its own: they are few, and no token is kept. */
export const wechat = defineIntegration({
  kind: "wechat",
  settings: wechatSettings,
  // developer.work.weixin.qq.com, frequency of messages: 30 a minute to one member.
  rateLimits: [{ count: 30, perMs: 60_000 }],
  rateKey: ({ corpId, apiSecret }) => `${corpId} ${apiSecret.reveal()}`,
  async send(settings, sending) {
    const nowMs = sending.rim.clock();
    const asked = await sending.fetch(renderToken(settings, sending));
    const token = tokenOf(asked);
    if (token === undefined) {
      const { delivered, ...outcome } = answerWechat(asked, nowMs);
      return delivered ? later("WeChat gave no token") : { delivered, ...outcome };
    }
    return answerWechat(await sending.fetch(renderWechat(settings, sending, token)), nowMs);
  },
});
