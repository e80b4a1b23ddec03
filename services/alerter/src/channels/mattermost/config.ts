import { mattermostConfig } from "@sightline/alertmanager/config/integrations/mattermost";
import { z } from "zod";
import { commonHttpSettings, secretUrl, template } from "../settings.ts";

const { initial } = mattermostConfig;

const field = z.strictObject({ title: template.min(1), value: template.min(1), short: z.boolean().optional() });

/** What an attachment is made of; each is a template. */
const parts = {
  fallback: template.default(""),
  color: template.default(""),
  pretext: template.default(""),
  text: template.default(""),
  authorName: template.default(""),
  authorLink: template.default(""),
  authorIcon: template.default(""),
  title: template.default(""),
  titleLink: template.default(""),
  thumbUrl: template.default(""),
  footer: template.default(""),
  footerIcon: template.default(""),
  imageUrl: template.default(""),
  fields: z.array(field).max(50).default([]),
};

const attachment = z.strictObject(parts);
export type AttachmentSettings = z.infer<typeof attachment>;

/** Alertmanager's mattermost_config with its defaults. */
export const mattermostSettings = z.strictObject({
  ...commonHttpSettings(),
  ...parts,
  webhookUrl: secretUrl,
  channel: template.default(""),
  username: template.default(initial.username),
  text: template.default(initial.text),
  fallback: template.default(initial.fallback),
  color: template.default(initial.color),
  title: template.default(initial.title),
  titleLink: template.default(initial.titleLink),
  iconUrl: template.default(""),
  iconEmoji: template.default(""),
  /** Instead of the one that the settings above make. */
  attachments: z.array(attachment).max(20).default([]),
  type: template.default(""),
  props: z.strictObject({ card: template.default("") }).optional(),
  priority: z
    .strictObject({
      priority: template.default(""),
      requestedAck: z.boolean().default(false),
      persistentNotifications: z.boolean().default(false),
    })
    .optional(),
});
export type MattermostSettings = z.infer<typeof mattermostSettings>;
