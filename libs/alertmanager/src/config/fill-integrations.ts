import type { Fail } from "./codec.ts";
import type { GlobalConfig } from "./global-config.ts";
import { httpConfig } from "./http-config.ts";
import type { DiscordConfig } from "./integrations/discord.ts";
import type { EmailConfig } from "./integrations/email.ts";
import type { IncidentioConfig } from "./integrations/incidentio.ts";
import type { JiraConfig } from "./integrations/jira.ts";
import type { MattermostConfig } from "./integrations/mattermost.ts";
import type { MsteamsConfig } from "./integrations/msteams.ts";
import type { Msteamsv2Config } from "./integrations/msteamsv2.ts";
import type { OpsgenieConfig } from "./integrations/opsgenie.ts";
import type { PagerdutyConfig } from "./integrations/pagerduty.ts";
import type { PushoverConfig } from "./integrations/pushover.ts";
import type { RocketchatConfig } from "./integrations/rocketchat.ts";
import type { SlackConfig } from "./integrations/slack.ts";
import type { SnsConfig } from "./integrations/sns.ts";
import type { TelegramConfig } from "./integrations/telegram.ts";
import type { VictoropsConfig } from "./integrations/victorops.ts";
import type { WebexConfig } from "./integrations/webex.ts";
import type { WebhookConfig } from "./integrations/webhook.ts";
import type { WechatConfig } from "./integrations/wechat.ts";
import { createSecret } from "./secret.ts";
import { withSlash } from "./url.ts";

/**
 * What holds for all, and where to tell what is missing. A receiver that has a secret of its own, or a file with it, has nothing of the
 * one of all; Alertmanager would put the secret of all beside a file of its own for some kinds, and then take the former.
 */
export interface Filling {
  readonly global: GlobalConfig;
  readonly fail: Fail;
}

function httpOf(own: WebhookConfig["httpConfig"], { global }: Filling) {
  return own ?? global.httpConfig ?? httpConfig.initial;
}

/** The URL, or "" after telling that there is none. */
function urlOf(own: string | undefined, common: string | undefined, message: string, { fail }: Filling): string {
  const url = own ?? common;
  if (url === undefined) fail(message);
  return url ?? "";
}

/** An integration that takes nothing but its way of sending from `global`. */
export function fillHttp<
  T extends DiscordConfig | IncidentioConfig | MsteamsConfig | PushoverConfig | SnsConfig | WebhookConfig,
>(config: T, filling: Filling) {
  return { ...config, httpConfig: httpOf(config.httpConfig, filling) };
}

export function fillEmail(config: EmailConfig, { global, fail }: Filling) {
  const smarthost = config.smarthost ?? global.smtpSmarthost;
  if (smarthost === undefined) fail("no global SMTP smarthost set");
  const from = config.from || global.smtpFrom;
  if (smarthost !== undefined && from === "") fail("no global SMTP from set");
  const hasSecret = config.authSecret !== undefined || config.authSecretFile !== "";
  const hasPassword = config.authPassword !== undefined || config.authPasswordFile !== "";
  return {
    ...config,
    smarthost: smarthost ?? { host: "", port: "" },
    from,
    hello: config.hello || global.smtpHello,
    authUsername: config.authUsername || global.smtpAuthUsername,
    authPassword: hasPassword ? config.authPassword : global.smtpAuthPassword,
    authPasswordFile: hasPassword ? config.authPasswordFile : global.smtpAuthPasswordFile,
    authSecret: hasSecret ? config.authSecret : global.smtpAuthSecret,
    authSecretFile: hasSecret ? config.authSecretFile : global.smtpAuthSecretFile,
    authIdentity: config.authIdentity || global.smtpAuthIdentity,
    requireTls: config.requireTls ?? global.smtpRequireTls,
    tlsConfig: config.tlsConfig ?? global.smtpTlsConfig,
    forceImplicitTls: config.forceImplicitTls ?? global.smtpForceImplicitTls,
  };
}

/** With an app's token, its own or that of all, Slack's API is asked with it; else a webhook. */
export function fillSlack(config: SlackConfig, filling: Filling) {
  const { global, fail } = filling;
  const appUrl = urlOf(config.appUrl, global.slackAppUrl, "no global Slack App URL set", filling);
  const isAlone =
    config.appToken === undefined &&
    config.appTokenFile === "" &&
    config.httpConfig?.authorization === undefined &&
    config.apiUrl === undefined;
  const appToken = isAlone ? global.slackAppToken : config.appToken;
  const appTokenFile = isAlone ? global.slackAppTokenFile : config.appTokenFile;
  const hasUrl = config.apiUrl !== undefined || config.apiUrlFile !== "";
  const apiUrl = hasUrl ? config.apiUrl : global.slackApiUrl;
  const apiUrlFile = hasUrl ? config.apiUrlFile : global.slackApiUrlFile;
  const http = httpOf(config.httpConfig, filling);
  const filled = { ...config, appUrl, appToken, appTokenFile, apiUrl, apiUrlFile, httpConfig: http };
  if (appToken === undefined && appTokenFile === "") {
    if (apiUrl === undefined && apiUrlFile === "") {
      fail("no Slack API URL nor App token set either inline or in a file");
    }
    return filled;
  }
  if (http.authorization !== undefined) fail("http authorization can't be set when using Slack App tokens");
  const authorization = { type: "Bearer", credentials: appToken, credentialsFile: appTokenFile, credentialsRef: "" };
  return { ...filled, apiUrl: createSecret(appUrl), httpConfig: { ...http, authorization } };
}

export function fillPagerduty(config: PagerdutyConfig, filling: Filling) {
  const url = urlOf(config.url, filling.global.pagerdutyUrl, "no global PagerDuty URL set", filling);
  return { ...config, httpConfig: httpOf(config.httpConfig, filling), url };
}

export function fillOpsgenie(config: OpsgenieConfig, filling: Filling) {
  const { global, fail } = filling;
  const apiUrl = urlOf(config.apiUrl, global.opsgenieApiUrl, "no global OpsGenie URL set", filling);
  const hasKey = config.apiKey !== undefined || config.apiKeyFile !== "";
  const apiKey = hasKey ? config.apiKey : global.opsgenieApiKey;
  const apiKeyFile = hasKey ? config.apiKeyFile : global.opsgenieApiKeyFile;
  if (apiKey === undefined && apiKeyFile === "") {
    fail("no global OpsGenie API Key set either inline or in a file");
  }
  const http = httpOf(config.httpConfig, filling);
  return { ...config, httpConfig: http, apiUrl: withSlash(apiUrl), apiKey, apiKeyFile };
}

export function fillWechat(config: WechatConfig, filling: Filling) {
  const { global, fail } = filling;
  const apiUrl = urlOf(config.apiUrl, global.wechatApiUrl, "no global Wechat URL set", filling);
  const hasSecret = config.apiSecret !== undefined || config.apiSecretFile !== "";
  const apiSecret = hasSecret ? config.apiSecret : global.wechatApiSecret;
  const apiSecretFile = hasSecret ? config.apiSecretFile : global.wechatApiSecretFile;
  const isSecretMissing = apiSecret === undefined && apiSecretFile === "";
  if (isSecretMissing) fail("no global Wechat Api Secret set either inline or in a file");
  const corpId = config.corpId || global.wechatApiCorpId;
  if (corpId === "" && !isSecretMissing) fail("no global Wechat CorpID set");
  const http = httpOf(config.httpConfig, filling);
  return { ...config, httpConfig: http, apiUrl: withSlash(apiUrl), apiSecret, apiSecretFile, corpId };
}

export function fillVictorops(config: VictoropsConfig, filling: Filling) {
  const { global, fail } = filling;
  const apiUrl = urlOf(config.apiUrl, global.victoropsApiUrl, "no global VictorOps URL set", filling);
  const hasKey = config.apiKey !== undefined || config.apiKeyFile !== "";
  const apiKey = hasKey ? config.apiKey : global.victoropsApiKey;
  const apiKeyFile = hasKey ? config.apiKeyFile : global.victoropsApiKeyFile;
  if (apiKey === undefined && apiKeyFile === "") fail("no global VictorOps API Key set");
  const http = httpOf(config.httpConfig, filling);
  return { ...config, httpConfig: http, apiUrl: withSlash(apiUrl), apiKey, apiKeyFile };
}

export function fillTelegram(config: TelegramConfig, filling: Filling) {
  const { global, fail } = filling;
  const apiUrl = urlOf(config.apiUrl, global.telegramApiUrl, "no global Telegram URL set", filling);
  const hasToken = config.botToken !== undefined || config.botTokenFile !== "";
  const botToken = hasToken ? config.botToken : global.telegramBotToken;
  const botTokenFile = hasToken ? config.botTokenFile : global.telegramBotTokenFile;
  if (botToken === undefined && botTokenFile === "") {
    fail("missing bot_token or bot_token_file on telegram_config");
  }
  return { ...config, httpConfig: httpOf(config.httpConfig, filling), apiUrl, botToken, botTokenFile };
}

export function fillWebex(config: WebexConfig, filling: Filling) {
  const apiUrl = urlOf(config.apiUrl, filling.global.webexApiUrl, "no global Webex URL set", filling);
  return { ...config, httpConfig: httpOf(config.httpConfig, filling), apiUrl };
}

/** Of settings of its own only the proxy is filled in. */
export function fillMsteamsv2(config: Msteamsv2Config, filling: Filling) {
  const http = httpOf(config.httpConfig, filling);
  return { ...config, httpConfig: { ...http, proxyUrl: http.proxyUrl ?? filling.global.httpConfig?.proxyUrl } };
}

export function fillJira(config: JiraConfig, filling: Filling) {
  const apiUrl = urlOf(config.apiUrl, filling.global.jiraApiUrl, "no global Jira Cloud URL set", filling);
  return { ...config, httpConfig: httpOf(config.httpConfig, filling), apiUrl };
}

export function fillRocketchat(config: RocketchatConfig, filling: Filling) {
  const { global, fail } = filling;
  const apiUrl = urlOf(config.apiUrl, global.rocketchatApiUrl, "no global Rocketchat URL set", filling);
  const hasId = config.tokenId !== undefined || config.tokenIdFile !== "";
  const tokenId = hasId ? config.tokenId : global.rocketchatTokenId;
  const tokenIdFile = hasId ? config.tokenIdFile : global.rocketchatTokenIdFile;
  const hasToken = config.token !== undefined || config.tokenFile !== "";
  const token = hasToken ? config.token : global.rocketchatToken;
  const tokenFile = hasToken ? config.tokenFile : global.rocketchatTokenFile;
  if (tokenId === undefined && tokenIdFile === "") {
    fail("no global Rocketchat TokenID set either inline or in a file");
  } else if (token === undefined && tokenFile === "") {
    fail("no global Rocketchat Token set either inline or in a file");
  }
  const http = httpOf(config.httpConfig, filling);
  return { ...config, httpConfig: http, apiUrl, tokenId, tokenIdFile, token, tokenFile };
}

export function fillMattermost(config: MattermostConfig, filling: Filling) {
  const { global, fail } = filling;
  const hasUrl = config.webhookUrl !== undefined || config.webhookUrlFile !== "";
  const webhookUrl = hasUrl ? config.webhookUrl : global.mattermostWebhookUrl;
  const webhookUrlFile = hasUrl ? config.webhookUrlFile : global.mattermostWebhookUrlFile;
  if (webhookUrl === undefined && webhookUrlFile === "") {
    fail("missing webhook_url or webhook_url_file on mattermost_config");
  }
  return { ...config, httpConfig: httpOf(config.httpConfig, filling), webhookUrl, webhookUrlFile };
}
