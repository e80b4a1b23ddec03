import { slackConfig } from "@sightline/alertmanager/config/integrations/slack";
import type { Secret } from "@sightline/service/secret";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, secretUrl, template } from "../settings.ts";

const field = z.strictObject({ title: template.min(1), value: template.min(1), short: z.boolean().optional() });

const confirm = z.strictObject({
  text: template.min(1),
  title: template.default(""),
  okText: template.default(""),
  dismissText: template.default(""),
});

const action = z
  .strictObject({
    type: template.min(1),
    text: template.min(1),
    url: template.default(""),
    style: template.default(""),
    name: template.default(""),
    value: template.default(""),
    confirm: confirm.optional(),
  })
  .refine(({ url, name }) => url !== "" || name !== "", "missing name or url in Slack action configuration");

const { initial } = slackConfig;

/** Alertmanager's slack_config with its defaults; layout, thread and mentionUsers are ours. */
export const slackSettings = z
  .strictObject({
    ...commonHttpSettings({ sendResolved: false }),
    /** An incoming webhook, or the Web API's chat.postMessage with the token in http.authorization. */
    apiUrl: secretUrl.optional(),
    /** A bot's token (xoxb-…) for the Web API. */
    appToken: secretText.optional(),
    appUrl: plainUrl.default("https://slack.com/api/chat.postMessage"),
    channel: template.default(""),
    username: template.default(initial.username),
    color: template.default(initial.color),
    title: template.default(initial.title),
    titleLink: template.default(initial.titleLink),
    pretext: template.default(initial.pretext),
    text: template.default(initial.text),
    messageText: template.default(""),
    fields: z.array(field).max(50).default([]),
    shortFields: z.boolean().default(false),
    footer: template.default(initial.footer),
    fallback: template.default(initial.fallback),
    callbackId: template.default(initial.callbackId),
    iconEmoji: template.default(initial.iconEmoji),
    iconUrl: template.default(initial.iconUrl),
    imageUrl: template.default(""),
    thumbUrl: template.default(""),
    linkNames: z.boolean().default(false),
    mrkdwnIn: z.array(z.string().max(64)).max(10).default([]),
    actions: z.array(action).max(20).default([]),
    /** With a bot's token: the group's message says its newest state, instead of one message after the other. */
    updateMessage: z.boolean().default(false),
    /** With a bot's token: what follows the group's first message is an answer to it. */
    thread: z.boolean().default(false),
    /** `attachment` is what Alertmanager sends; `blocks` is Block Kit with buttons to acknowledge, silence and read up. */
    layout: z.enum(["attachment", "blocks"]).default("attachment"),
    /**
     * With `blocks`: the buttons to acknowledge, snooze and resolve act by themselves and are no links. The app has to send what people
     * press to an inbound source of the kind `slack`; Slack tells people that it is not set up otherwise.
     */
    interactive: z.boolean().default(false),
    /** Who is named while it fires: ids of people (U…) and groups (S…), `here`, `channel`, `everyone`. */
    mentionUsers: z
      .array(z.string().regex(/^@?([UWS][A-Z0-9]{2,30}|here|channel|everyone)$/))
      .max(50)
      .default([]),
  })
  .refine(({ apiUrl, appToken }) => (apiUrl === undefined) !== (appToken === undefined), {
    message: "expected either apiUrl or appToken",
  })
  .refine((settings) => !(settings.updateMessage || settings.thread) || webApiUrl(settings) !== undefined, {
    message: "updateMessage and thread need the Web API: appToken, or an apiUrl of chat.postMessage",
  })
  .refine(({ interactive, layout }) => !interactive || layout === "blocks", {
    path: ["interactive"],
    message: "expected layout blocks beside it, since attachments have no such buttons",
  })
  .refine((settings) => webApiUrl(settings) === undefined || settings.channel !== "", {
    path: ["channel"],
    message: "expected a channel, since the Web API has no default one",
  });
export type SlackSettings = z.infer<typeof slackSettings>;

interface SlackUrls {
  readonly apiUrl?: Secret | undefined;
  readonly appUrl: string;
}

/** The URL of chat.postMessage where it is the Web API; undefined for an incoming webhook. */
export function webApiUrl({ apiUrl, appUrl }: SlackUrls): string | undefined {
  const url = apiUrl?.reveal() ?? appUrl;
  return new URL(url).pathname.endsWith("/chat.postMessage") ? url : undefined;
}
