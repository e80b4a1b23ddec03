import { type Fail, list, optional, type StructOf, struct } from "../codec.ts";
import { flag, quietFlag, secretUrl, text } from "../values.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const field = struct(
  "fields",
  { title: text(), value: text(), short: optional(flag(false)) },
  {
    finish(config, fail) {
      if (config.title === "") fail("missing title in Mattermost field configuration");
      if (config.value === "") fail("missing value in Mattermost field configuration");
      return config;
    },
  },
);

const attachment = struct("attachments", {
  fallback: text(),
  color: text(),
  pretext: text(),
  text: text(),
  authorName: text(),
  authorLink: text(),
  authorIcon: text(),
  title: text(),
  titleLink: text(),
  fields: list(optional(field)),
  thumbUrl: text(),
  footer: text(),
  footerIcon: text(),
  imageUrl: text(),
});

const priority = struct("priority", {
  priority: text(),
  requestedAck: quietFlag,
  persistentNotifications: quietFlag,
});

const fields = {
  ...notifier(true),
  webhookUrl: secretUrl,
  webhookUrlFile: text(),
  channel: text(),
  username: text('{{ template "mattermost.default.username" . }}'),
  text: text('{{ template "mattermost.default.text" . }}'),
  fallback: text('{{ template "mattermost.default.fallback" . }}'),
  color: text('{{ template "mattermost.default.color" . }}'),
  pretext: text(),
  authorName: text(),
  authorLink: text(),
  authorIcon: text(),
  title: text('{{ template "mattermost.default.title" . }}'),
  titleLink: text('{{ template "mattermost.default.titlelink" . }}'),
  fields: list(optional(field)),
  thumbUrl: text(),
  footer: text(),
  footerIcon: text(),
  imageUrl: text(),
  iconUrl: text(),
  iconEmoji: text(),
  attachments: list(optional(attachment)),
  type: text(),
  props: optional(struct("props", { card: text() })),
  priority: optional(priority),
};

export type MattermostConfig = StructOf<typeof fields>;

/** Mattermost by webhook (notify/mattermost). */
export const mattermostConfig = struct("mattermost_configs", fields, { finish });

function finish(config: MattermostConfig, fail: Fail): MattermostConfig {
  atMostOne(fail, ["webhook_url", "webhook_url_file"], config.webhookUrl, config.webhookUrlFile);
  return config;
}
