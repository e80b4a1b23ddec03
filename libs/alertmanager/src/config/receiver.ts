import type { Labels } from "../notification.ts";
import type { Fail } from "./codec.ts";
import * as fill from "./fill-integrations.ts";
import type { GlobalConfig } from "./global-config.ts";
import { httpConfig } from "./http-config.ts";
import { emailConfig } from "./integrations/email.ts";
import type { IncidentioConfig } from "./integrations/incidentio.ts";
import { mattermostConfig } from "./integrations/mattermost.ts";
import { opsgenieConfig } from "./integrations/opsgenie.ts";
import { rocketchatConfig } from "./integrations/rocketchat.ts";
import { type SlackConfig, slackConfig } from "./integrations/slack.ts";
import { telegramConfig } from "./integrations/telegram.ts";
import { victoropsConfig } from "./integrations/victorops.ts";
import type { WebhookConfig } from "./integrations/webhook.ts";
import { wechatConfig } from "./integrations/wechat.ts";
import { type ReceiverConfig, receiverCodec } from "./receiver-codec.ts";
import type { SightlineConfig } from "./sightline-codec.ts";

/** One way of telling a receiver, with all that it needs filled in: what kind it is, and its place among those of its kind. */
export type Integration = ReturnType<typeof integrationsOf>[number];

export type IntegrationKind = Integration["kind"];

/** Somebody who is told, in one way or more. */
export interface Receiver {
  readonly name: string;
  /** To find it by; one of them is `name`. */
  readonly labels: Labels;
  /** In Alertmanager's order: by kind, and of each kind as they are written. */
  readonly integrations: readonly Integration[];
  /** What of it Alertmanager does not know. */
  readonly sightline: SightlineConfig | undefined;
}

/** Where to tell what is missing in an integration: `key` is that of its list, such as `webhook_configs`. */
export type FailAt = (key: string, index: number) => Fail;

/** The receiver with what holds for all filled in where it says nothing. */
export function receiverOf(config: ReceiverConfig, global: GlobalConfig, failAt: FailAt): Receiver {
  const { name, labels, sightline } = config;
  return { name, labels, integrations: integrationsOf(config, global, failAt), sightline };
}

/**
 * A receiver with one integration of each kind that has a secret from `global`, and says nothing itself: where what holds for all leads.
 * What is missing for it is nobody's fault, so that some of it may be empty.
 */
export function commonReceiver(global: GlobalConfig): Receiver {
  const config: ReceiverConfig = {
    ...receiverCodec.initial,
    emailConfigs: [emailConfig.initial],
    mattermostConfigs: [mattermostConfig.initial],
    opsgenieConfigs: [opsgenieConfig.initial],
    rocketchatConfigs: [rocketchatConfig.initial],
    slackConfigs: [slackConfig.initial],
    telegramConfigs: [telegramConfig.initial],
    victoropsConfigs: [victoropsConfig.initial],
    wechatConfigs: [wechatConfig.initial],
  };
  return receiverOf(config, global, () => () => undefined);
}

function integrationsOf(config: ReceiverConfig, global: GlobalConfig, failAt: FailAt) {
  const each = <K extends string, T, R>(kind: K, list: EachOf<T>, fillIn: (config: T, filling: fill.Filling) => R) =>
    list.configs.flatMap((given, index) => {
      const fail = failAt(`${kind}_configs`, index);
      const own = given ?? list.whenNothing;
      if (own === undefined) fail(`missing ${kind} config`);
      return own === undefined ? [] : [{ kind, index, config: fillIn(own, { global, fail }) }];
    });
  const { sightline } = config;
  return [
    ...each("webhook", { configs: config.webhookConfigs }, fill.fillHttp).map(withOurs(sightline?.webhook)),
    ...each("email", { configs: config.emailConfigs }, fill.fillEmail).map(withOurs(sightline?.email)),
    ...each("pagerduty", { configs: config.pagerdutyConfigs }, fill.fillPagerduty).map(withOurs(sightline?.pagerduty)),
    ...each("opsgenie", { configs: config.opsgenieConfigs, whenNothing: opsgenieConfig.initial }, fill.fillOpsgenie),
    ...each("wechat", { configs: config.wechatConfigs, whenNothing: wechatConfig.initial }, fill.fillWechat),
    ...each("slack", { configs: config.slackConfigs, whenNothing: slackConfig.initial }, fill.fillSlack).map(
      withOurs(sightline?.slack),
    ),
    ...each("victorops", { configs: config.victoropsConfigs }, fill.fillVictorops),
    ...each("pushover", { configs: config.pushoverConfigs }, fill.fillHttp),
    ...each("sns", { configs: config.snsConfigs }, fill.fillHttp),
    ...each("telegram", { configs: config.telegramConfigs }, fill.fillTelegram),
    ...each("discord", { configs: config.discordConfigs }, fill.fillHttp),
    ...each("webex", { configs: config.webexConfigs }, fill.fillWebex),
    ...each("msteams", { configs: config.msteamsConfigs }, fill.fillHttp),
    ...each("msteamsv2", { configs: config.msteamsv2Configs }, fill.fillMsteamsv2),
    ...each("jira", { configs: config.jiraConfigs }, fill.fillJira),
    ...each("incidentio", { configs: config.incidentioConfigs }, fill.fillHttp),
    ...each(
      "rocketchat",
      { configs: config.rocketchatConfigs, whenNothing: rocketchatConfig.initial },
      fill.fillRocketchat,
    ),
    ...each("mattermost", { configs: config.mattermostConfigs }, fill.fillMattermost),
    ...oursOf(sightline, global),
  ];
}

/** With what Alertmanager does not know of integrations of its kind. */
function withOurs<O extends object>(ours: O | undefined) {
  return <K extends string, C>({ kind, index, config }: { kind: K; index: number; config: C }) => {
    const settings: C & Partial<O> = { ...config, ...ours };
    return { kind, index, config: settings };
  };
}

/** The kinds that Alertmanager has not, one of each at most. */
function oursOf(sightline: SightlineConfig | undefined, global: GlobalConfig) {
  if (sightline === undefined) return [];
  const one = <K extends string, C>(kind: K, config: C | undefined) =>
    config === undefined ? [] : [{ kind, index: 0, config }];
  const { escalation } = sightline;
  return [
    ...one("console", sightline.console),
    ...one("github", overHttp(sightline.github, global)),
    ...one("metrics", sightline.metrics),
    ...one("sentry", overHttp(sightline.sentry, global)),
    ...one("escalation", escalation === "" ? undefined : { policy: escalation, sendResolved: true }),
  ];
}

function overHttp<C extends Pick<WebhookConfig, "httpConfig">>(config: C | undefined, global: GlobalConfig) {
  if (config === undefined) return undefined;
  return { ...config, httpConfig: config.httpConfig ?? global.httpConfig ?? httpConfig.initial };
}

interface EachOf<T> {
  readonly configs: readonly (T | undefined)[];
  /** What stands for an entry with nothing in it, of those kinds that can do with what holds for all. */
  readonly whenNothing?: T;
}

/** The receiver in the form in which it is written. */
export function receiverConfigOf({ name, labels, integrations, sightline }: Receiver): ReceiverConfig {
  return {
    name,
    labels,
    sightline,
    discordConfigs: integrations.flatMap((one) => (one.kind === "discord" ? [one.config] : [])),
    emailConfigs: integrations.flatMap((one) => (one.kind === "email" ? [one.config] : [])),
    incidentioConfigs: integrations.flatMap((one) =>
      one.kind === "incidentio" ? [writtenIncidentio(one.config)] : [],
    ),
    pagerdutyConfigs: integrations.flatMap((one) => (one.kind === "pagerduty" ? [one.config] : [])),
    slackConfigs: integrations.flatMap((one) => (one.kind === "slack" ? [writtenSlack(one.config)] : [])),
    webhookConfigs: integrations.flatMap((one) => (one.kind === "webhook" ? [one.config] : [])),
    opsgenieConfigs: integrations.flatMap((one) => (one.kind === "opsgenie" ? [one.config] : [])),
    wechatConfigs: integrations.flatMap((one) => (one.kind === "wechat" ? [one.config] : [])),
    pushoverConfigs: integrations.flatMap((one) => (one.kind === "pushover" ? [one.config] : [])),
    victoropsConfigs: integrations.flatMap((one) => (one.kind === "victorops" ? [one.config] : [])),
    snsConfigs: integrations.flatMap((one) => (one.kind === "sns" ? [one.config] : [])),
    telegramConfigs: integrations.flatMap((one) => (one.kind === "telegram" ? [one.config] : [])),
    webexConfigs: integrations.flatMap((one) => (one.kind === "webex" ? [one.config] : [])),
    msteamsConfigs: integrations.flatMap((one) => (one.kind === "msteams" ? [one.config] : [])),
    msteamsv2Configs: integrations.flatMap((one) => (one.kind === "msteamsv2" ? [one.config] : [])),
    jiraConfigs: integrations.flatMap((one) => (one.kind === "jira" ? [one.config] : [])),
    rocketchatConfigs: integrations.flatMap((one) => (one.kind === "rocketchat" ? [one.config] : [])),
    mattermostConfigs: integrations.flatMap((one) => (one.kind === "mattermost" ? [one.config] : [])),
  };
}

/** Without what follows from a token, which would be refused beside it. */
function writtenSlack(config: ReturnType<typeof fill.fillSlack>): SlackConfig {
  if (config.appToken === undefined && config.appTokenFile === "") return config;
  return { ...config, apiUrl: undefined, httpConfig: { ...config.httpConfig, authorization: undefined } };
}

/** Without settings of HTTP that came from `global`, where they would be asked for what is not in them. */
function writtenIncidentio(config: IncidentioConfig): IncidentioConfig {
  const hasToken = config.alertSourceToken !== undefined || config.alertSourceTokenFile !== "";
  return hasToken || config.httpConfig?.authorization !== undefined ? config : { ...config, httpConfig: undefined };
}
