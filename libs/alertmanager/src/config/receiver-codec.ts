import { type Fail, list, mapOf, optional, type StructOf, struct } from "./codec.ts";
import { discordConfig } from "./integrations/discord.ts";
import { emailConfig } from "./integrations/email.ts";
import { incidentioConfig } from "./integrations/incidentio.ts";
import { jiraConfig } from "./integrations/jira.ts";
import { mattermostConfig } from "./integrations/mattermost.ts";
import { msteamsConfig } from "./integrations/msteams.ts";
import { msteamsv2Config } from "./integrations/msteamsv2.ts";
import { opsgenieConfig } from "./integrations/opsgenie.ts";
import { pagerdutyConfig } from "./integrations/pagerduty.ts";
import { pushoverConfig } from "./integrations/pushover.ts";
import { rocketchatConfig } from "./integrations/rocketchat.ts";
import { slackConfig } from "./integrations/slack.ts";
import { snsConfig } from "./integrations/sns.ts";
import { telegramConfig } from "./integrations/telegram.ts";
import { victoropsConfig } from "./integrations/victorops.ts";
import { webexConfig } from "./integrations/webex.ts";
import { webhookConfig } from "./integrations/webhook.ts";
import { wechatConfig } from "./integrations/wechat.ts";
import { sightlineCodec } from "./sightline-codec.ts";
import { text } from "./values.ts";

const fields = {
  name: text(),
  labels: mapOf(text()),
  discordConfigs: list(optional(discordConfig)),
  emailConfigs: list(optional(emailConfig)),
  incidentioConfigs: list(optional(incidentioConfig)),
  pagerdutyConfigs: list(optional(pagerdutyConfig)),
  slackConfigs: list(optional(slackConfig)),
  webhookConfigs: list(optional(webhookConfig)),
  opsgenieConfigs: list(optional(opsgenieConfig)),
  wechatConfigs: list(optional(wechatConfig)),
  pushoverConfigs: list(optional(pushoverConfig)),
  victoropsConfigs: list(optional(victoropsConfig)),
  snsConfigs: list(optional(snsConfig)),
  telegramConfigs: list(optional(telegramConfig)),
  webexConfigs: list(optional(webexConfig)),
  msteamsConfigs: list(optional(msteamsConfig)),
  msteamsv2Configs: list(optional(msteamsv2Config)),
  jiraConfigs: list(optional(jiraConfig)),
  rocketchatConfigs: list(optional(rocketchatConfig)),
  mattermostConfigs: list(optional(mattermostConfig)),
  sightline: optional(sightlineCodec),
};

export type ReceiverConfig = StructOf<typeof fields>;

/** A receiver as it is written: what its integrations do not say is not yet filled in. */
export const receiverCodec = struct("receivers", fields, { finish });

function finish(config: ReceiverConfig, fail: Fail): ReceiverConfig {
  const { name, labels } = config;
  if (name === "") fail("missing name in receiver");
  const labelled = Object.hasOwn(labels, "name") ? labels["name"] : name;
  if (labelled !== name) {
    fail(`receiver label "name" must match receiver name "${name}", got "${labelled}"`, "labels");
  }
  return { ...config, labels: { ...labels, name } };
}
