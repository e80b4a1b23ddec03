import { type Fail, optional, struct, type ValueOf } from "./codec.ts";
import { hostPort } from "./host-port.ts";
import { httpConfig } from "./http-config.ts";
import { SLACK_API_URL, slackUrl } from "./integrations/slack.ts";
import { HIDDEN_SECRET } from "./secret.ts";
import { tlsConfig } from "./tls-config.ts";
import { durationMs, flag, secret, secretUrl, setSecret, text, url, urlOf } from "./values.ts";

/** What holds for all receivers that do not say otherwise (config/config.go, GlobalConfig). */
export const globalConfig = struct("global", {
  /** After this time an alert that nobody sends again is resolved. */
  resolveTimeoutMs: durationMs(5 * 60_000),
  httpConfig: { ...optional(httpConfig), initial: httpConfig.initial },
  jiraApiUrl: url,
  smtpFrom: text(),
  smtpHello: text("localhost"),
  smtpSmarthost: hostPort,
  smtpAuthUsername: text(),
  smtpAuthPassword: secret,
  smtpAuthPasswordFile: text(),
  smtpAuthSecret: secret,
  smtpAuthSecretFile: text(),
  smtpAuthIdentity: text(),
  smtpRequireTls: flag(true),
  smtpTlsConfig: { ...optional(tlsConfig), initial: tlsConfig.initial },
  smtpForceImplicitTls: optional(flag(false)),
  slackApiUrl: slackUrl,
  slackApiUrlFile: text(),
  slackAppToken: secret,
  slackAppTokenFile: text(),
  slackAppUrl: urlOf(SLACK_API_URL),
  pagerdutyUrl: urlOf("https://events.pagerduty.com/v2/enqueue"),
  opsgenieApiUrl: urlOf("https://api.opsgenie.com/"),
  opsgenieApiKey: secret,
  opsgenieApiKeyFile: text(),
  wechatApiUrl: urlOf("https://qyapi.weixin.qq.com/cgi-bin/"),
  wechatApiSecret: secret,
  wechatApiSecretFile: text(),
  wechatApiCorpId: text(),
  victoropsApiUrl: urlOf("https://alert.victorops.com/integrations/generic/20131114/alert/"),
  victoropsApiKey: secret,
  victoropsApiKeyFile: text(),
  telegramApiUrl: urlOf("https://api.telegram.org"),
  telegramBotToken: secret,
  telegramBotTokenFile: text(),
  webexApiUrl: urlOf("https://webexapis.com/v1/messages"),
  rocketchatApiUrl: urlOf("https://open.rocket.chat/"),
  rocketchatToken: setSecret,
  rocketchatTokenFile: text(),
  rocketchatTokenId: setSecret,
  rocketchatTokenIdFile: text(),
  mattermostWebhookUrl: secretUrl,
  mattermostWebhookUrlFile: text(),
});

export type GlobalConfig = ValueOf<typeof globalConfig>;

/** What was read for `global`, checked as a whole. */
export function checkGlobal(config: GlobalConfig, fail: Fail): void {
  const hasToken = config.slackAppToken !== undefined || config.slackAppTokenFile !== "";
  const hasUrl = config.slackApiUrl !== undefined || config.slackApiUrlFile !== "";
  exclusive(fail, "slack_app_token", config.slackAppToken, config.slackAppTokenFile);
  exclusive(fail, "slack_api_url", config.slackApiUrl, config.slackApiUrlFile);
  // Those whose receivers have tokens of their own in `http_config` set the URL of Slack's API here (alertmanager#2513). A configuration
  // that was printed does not say which one it was.
  const isApi = [config.slackAppUrl, HIDDEN_SECRET].includes(config.slackApiUrl?.reveal());
  if (hasToken && hasUrl && !isApi) {
    fail(
      "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured",
      "slack_app_token",
    );
  }
  exclusive(fail, "opsgenie_api_key", config.opsgenieApiKey, config.opsgenieApiKeyFile);
  exclusive(fail, "victorops_api_key", config.victoropsApiKey, config.victoropsApiKeyFile);
  exclusive(fail, "telegram_bot_token", config.telegramBotToken, config.telegramBotTokenFile);
  exclusive(fail, "smtp_auth_password", config.smtpAuthPassword, config.smtpAuthPasswordFile);
  exclusive(fail, "rocketchat_token", config.rocketchatToken, config.rocketchatTokenFile);
  exclusive(fail, "rocketchat_token_id", config.rocketchatTokenId, config.rocketchatTokenIdFile);
  exclusive(fail, "smtp_auth_secret", config.smtpAuthSecret, config.smtpAuthSecretFile);
  exclusive(fail, "wechat_api_secret", config.wechatApiSecret, config.wechatApiSecretFile);
  exclusive(fail, "mattermost_webhook_url", config.mattermostWebhookUrl, config.mattermostWebhookUrlFile);
}

function exclusive(fail: Fail, key: string, value: unknown, file: string): void {
  if (value !== undefined && file !== "") fail(`at most one of ${key} & ${key}_file must be configured`, `${key}_file`);
}
