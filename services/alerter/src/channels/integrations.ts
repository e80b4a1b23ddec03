import { invalid } from "@sightline/errors/app-error";
import { consoleLog } from "./console/send.ts";
import type { IntegrationKind } from "./define-integration.ts";
import { discord } from "./discord/send.ts";
import { email } from "./email/send.ts";
import { escalation } from "./escalation/send.ts";
import { github } from "./github/send.ts";
import { incidentio } from "./incidentio/send.ts";
import type { Integration, Rim } from "./integration.ts";
import { jira } from "./jira/send.ts";
import { mattermost } from "./mattermost/send.ts";
import { metrics } from "./metrics/send.ts";
import { msteams } from "./msteams/send.ts";
import { teams } from "./msteamsv2/send.ts";
import { opsgenie } from "./opsgenie/send.ts";
import { pagerduty } from "./pagerduty/send.ts";
import { pushover } from "./pushover/send.ts";
import { rocketchat } from "./rocketchat/send.ts";
import { sentry } from "./sentry/send.ts";
import { slack } from "./slack/send.ts";
import { sns } from "./sns/send.ts";
import { telegram } from "./telegram/send.ts";
import { victorops } from "./victorops/send.ts";
import { webex } from "./webex/send.ts";
import { webhook } from "./webhook/send.ts";
import { wechat } from "./wechat/send.ts";

/** The one list of the kinds of channel: a new one is a folder beside them and a line here. */
export const integrationKinds: readonly IntegrationKind[] = [
  consoleLog,
  discord,
  email,
  escalation,
  github,
  incidentio,
  jira,
  mattermost,
  metrics,
  msteams,
  opsgenie,
  pagerduty,
  pushover,
  rocketchat,
  sentry,
  slack,
  sns,
  teams,
  telegram,
  victorops,
  webex,
  webhook,
  wechat,
];

/**
 * Sets up a channel of a receiver.
 *
 * @throws AppError invalid_argument where there is no such kind, or naming the setting that is wrong
 */
export function createIntegration(kind: string, settings: unknown, rim: Rim): Integration {
  const found = integrationKinds.find((candidate) => candidate.kind === kind);
  if (found !== undefined) return found.create(settings, rim);
  const kinds = integrationKinds.map((known) => known.kind).join(", ");
  throw invalid(`cannot set up a channel: got the kind ${JSON.stringify(kind.slice(0, 100))}, want one of ${kinds}`);
}

/** Whether channels of the kind know what an acknowledgement is. */
export function knowsAcknowledgements(kind: string): boolean {
  return integrationKinds.some((known) => known.kind === kind && known.acknowledges);
}
