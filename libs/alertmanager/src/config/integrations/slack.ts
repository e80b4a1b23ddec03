import { type Codec, type Fail, list, optional, type StructOf, struct } from "../codec.ts";
import { createSecret, type Secret } from "../secret.ts";
import { howMany } from "../tls-config.ts";
import { flag, secret, secretUrl, text, timeoutMs, url } from "../values.ts";
import { atMostOne } from "./exclusive.ts";
import { notifier } from "./notifier.ts";

const confirmation = struct(
  "confirm",
  { text: text(), title: text(), okText: text(), dismissText: text() },
  {
    finish(config, fail) {
      if (config.text === "") fail("missing text in Slack confirmation configuration");
      return config;
    },
  },
);

const action = struct(
  "actions",
  {
    type: text(),
    text: text(),
    url: text(),
    style: text(),
    name: text(),
    value: text(),
    confirm: optional(confirmation),
  },
  {
    finish(config, fail) {
      if (config.type === "") fail("missing type in Slack action configuration");
      if (config.text === "") fail("missing text in Slack action configuration");
      if (config.url === "" && config.name === "") fail("missing name or url in Slack action configuration");
      return config.url === "" ? config : { ...config, name: "", value: "", confirm: undefined };
    },
  },
);

const field = struct(
  "fields",
  { title: text(), value: text(), short: optional(flag(false)) },
  {
    finish(config, fail) {
      if (config.title === "") fail("missing title in Slack field configuration");
      if (config.value === "") fail("missing value in Slack field configuration");
      return config;
    },
  },
);

/** The method of Slack's API that sends messages, and can change them. */
export const SLACK_API_URL = "https://slack.com/api/chat.postMessage";

/** Where Slack is told. A webhook's URL is a secret; that of the API is known, and shown, since other settings hang on it. */
export const slackUrl: Codec<Secret | undefined> = {
  ...secretUrl,
  read(node, context) {
    const isApi = node.kind === "scalar" && node.text === SLACK_API_URL;
    return isApi ? createSecret(SLACK_API_URL) : secretUrl.read(node, context);
  },
  print: (value) => (value?.reveal() === SLACK_API_URL ? SLACK_API_URL : secretUrl.print(value)),
};

const fields = {
  ...notifier(false),
  apiUrl: slackUrl,
  apiUrlFile: text(),
  appToken: secret,
  appTokenFile: text(),
  appUrl: url,
  channel: text(),
  username: text('{{ template "slack.default.username" . }}'),
  color: text('{{ template "slack.default.color" . }}'),
  title: text('{{ template "slack.default.title" . }}'),
  titleLink: text('{{ template "slack.default.titlelink" . }}'),
  pretext: text('{{ template "slack.default.pretext" . }}'),
  text: text('{{ template "slack.default.text" . }}'),
  messageText: text(),
  fields: list(optional(field)),
  shortFields: flag(false),
  footer: text('{{ template "slack.default.footer" . }}'),
  fallback: text('{{ template "slack.default.fallback" . }}'),
  callbackId: text('{{ template "slack.default.callbackid" . }}'),
  iconEmoji: text('{{ template "slack.default.iconemoji" . }}'),
  iconUrl: text('{{ template "slack.default.iconurl" . }}'),
  imageUrl: text(),
  thumbUrl: text(),
  linkNames: flag(false),
  mrkdwnIn: list(text()),
  actions: list(optional(action)),
  updateMessage: flag(false),
  /** 0 is without an end. */
  timeoutMs,
};

export type SlackConfig = StructOf<typeof fields>;

/** Slack, by webhook or with an app's token (config/notifiers.go, SlackConfig). */
export const slackConfig = struct("slack_configs", fields, { finish });

function finish(config: SlackConfig, fail: Fail): SlackConfig {
  const { apiUrl, apiUrlFile, appToken, appTokenFile } = config;
  atMostOne(fail, ["api_url", "api_url_file"], apiUrl, apiUrlFile);
  atMostOne(fail, ["app_token", "app_token_file"], appToken, appTokenFile);
  if (howMany(apiUrl, apiUrlFile) > 0 && howMany(appToken, appTokenFile) > 0) {
    fail("at most one of api_url/api_url_file & app_token/app_token_file must be configured");
  }
  if (config.updateMessage && apiUrl?.reveal() !== SLACK_API_URL) {
    fail(`update_message can only be used with bot tokens. api_url must be set to ${SLACK_API_URL}`, "update_message");
  }
  return config;
}
