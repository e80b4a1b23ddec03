import { defineIntegration } from "../define-integration.ts";
import type { Outcome, ReceiverData } from "../integration.ts";
import type { Sending } from "../sending.ts";
import { answerSlack, type SlackAnswer } from "./answer.ts";
import { type SlackSettings, slackSettings, webApiUrl } from "./config.ts";
import { renderReply, renderSlack } from "./render.ts";

/** Slack, by incoming webhook or by a bot's token. */
export const slack = defineIntegration({
  kind: "slack",
  settings: slackSettings,
  acknowledges: true,
  // docs.slack.dev/apis/web-api/rate-limits: one message a second in a channel, short bursts are not promised anything.
  rateLimits: [{ count: 1, perMs: 1000 }],
  rateKey: ({ apiUrl, appToken, channel }) => `${apiUrl?.reveal() ?? ""} ${appToken?.reveal() ?? ""} ${channel}`,
  async send(settings, sending) {
    const first = firstMessage(settings, sending);
    if (first === undefined) return post(settings, sending);
    if (!settings.updateMessage) return post(settings, sending, first);
    const { outcome, gone } = await call(settings, sending, { update: true, message: first });
    if (gone) return post(settings, sending);
    if (!outcome.delivered || !settings.thread || quiet(sending)) return outcome;
    // Last, since it alone cannot be done twice. What is kept stays: the first message is the thread.
    const reply = await call(settings, sending, { update: false, message: { ...first, reply: true } });
    return withData(reply.outcome, outcome.receiverData);
  },
});

/** A message of the Web API: the conversation's id and the time stamp that is the message's. */
interface Message {
  readonly channel: string;
  readonly ts: string;
  /** The short form. */
  readonly reply?: boolean;
}

/** The message that the group's thread begins with, where there is one. */
function firstMessage(settings: SlackSettings, { receiverData, notification }: Sending): Message | undefined {
  const { channel, ts } = receiverData;
  if (!settings.updateMessage && !settings.thread) return undefined;
  if (notification.reason === "first notification") return undefined;
  return typeof channel === "string" && typeof ts === "string" ? { channel, ts } : undefined;
}

/** That nothing has changed need not be said again where the message shows how things are. */
function quiet({ notification, acknowledgement }: Sending): boolean {
  return notification.reason === "repeat interval elapsed" && acknowledgement === undefined;
}

async function post(settings: SlackSettings, sending: Sending, thread?: Message): Promise<Outcome> {
  const { outcome } = await call(settings, sending, { update: false, ...(thread && { message: thread }) });
  // An answer in a thread has a time stamp of its own, which begins no thread.
  return thread === undefined ? outcome : withData(outcome, { channel: thread.channel, ts: thread.ts });
}

function withData(outcome: Outcome, receiverData: ReceiverData | undefined): Outcome {
  return outcome.delivered && receiverData !== undefined ? { ...outcome, receiverData } : outcome;
}

interface Call {
  readonly update: boolean;
  /** What is changed, or answered. */
  readonly message?: Message;
}

async function call(settings: SlackSettings, sending: Sending, { update, message }: Call): Promise<SlackAnswer> {
  const { appToken, apiUrl } = settings;
  const postUrl = webApiUrl(settings);
  const url = postUrl ?? apiUrl?.reveal() ?? "";
  const rendered = message?.reply === true ? renderReply(settings, sending) : renderSlack(settings, sending);
  const place = message === undefined ? {} : { channel: message.channel, [update ? "ts" : "thread_ts"]: message.ts };
  const answer = await sending.fetch({
    url: update ? url.replace(/chat\.postMessage$/, "chat.update") : url,
    headers: {
      // Slack warns where the character set is missing.
      "content-type": "application/json; charset=utf-8",
      ...(appToken !== undefined && { authorization: `Bearer ${appToken.reveal()}` }),
    },
    json: { ...rendered, ...place },
  });
  return answerSlack(answer, sending.rim.clock());
}
