import { rocketchatConfig } from "@sightline/alertmanager/config/integrations/rocketchat";
import { z } from "zod";
import { commonHttpSettings, plainUrl, secretText, template } from "../settings.ts";

const { initial } = rocketchatConfig;

const field = z.strictObject({ short: z.boolean().optional(), title: template, value: template });

/** Only text, URL and message of an action are sent; the rest may be set, as in Alertmanager. */
const action = z.strictObject({
  type: template.default(""),
  text: template.default(""),
  url: template.default(""),
  msg: template.default(""),
  imageurl: template.default(""),
  iswebview: z.boolean().default(false),
  webviewheightratio: template.default(""),
  msginchatwindow: z.boolean().default(false),
  msgprocessingtype: template.default(""),
});

/** Alertmanager's rocketchat_config with its defaults. */
export const rocketchatSettings = z.strictObject({
  ...commonHttpSettings({ sendResolved: false }),
  apiUrl: plainUrl.default("https://open.rocket.chat/"),
  tokenId: secretText,
  token: secretText,
  channel: template.default(""),
  color: template.default(initial.color),
  title: template.default(initial.title),
  titleLink: template.default(initial.titleLink),
  text: template.default(initial.text),
  fields: z.array(field).max(50).default([]),
  shortFields: z.boolean().default(false),
  emoji: template.default(initial.emoji),
  iconUrl: template.default(initial.iconUrl),
  imageUrl: template.default(""),
  thumbUrl: template.default(""),
  linkNames: z.boolean().default(false),
  actions: z.array(action).max(20).default([]),
});
export type RocketchatSettings = z.infer<typeof rocketchatSettings>;
