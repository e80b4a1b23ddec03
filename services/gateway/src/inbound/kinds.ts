import { readWebhook } from "./alertmanager/read.ts";
import { translateWebhook } from "./alertmanager/translate.ts";
import { verifyAlertmanager } from "./alertmanager/verify.ts";
import { translateGeneric } from "./generic/translate.ts";
import { verifyGeneric } from "./generic/verify.ts";
import { readGithub } from "./github/read.ts";
import { translateGithub } from "./github/translate.ts";
import { verifyGithub } from "./github/verify.ts";
import { readGrafana } from "./grafana/read.ts";
import { translateGrafana } from "./grafana/translate.ts";
import { verifyGrafana } from "./grafana/verify.ts";
import type { InboundKind } from "./kind.ts";
import { readPagerduty } from "./pagerduty/read.ts";
import { translatePagerduty } from "./pagerduty/translate.ts";
import { verifyPagerduty } from "./pagerduty/verify.ts";
import { readSentry } from "./sentry/read.ts";
import { translateSentry } from "./sentry/translate.ts";
import { verifySentry } from "./sentry/verify.ts";
import { translateSlack } from "./slack/translate.ts";
import { verifySlack } from "./slack/verify.ts";

/** Every kind of source. A new one is a folder and a line each here. */
export const INBOUND_KIND_NAMES = [
  "alertmanager",
  "grafana",
  "github",
  "sentry",
  "pagerduty",
  "slack",
  "generic",
] as const;
export type InboundKindName = (typeof INBOUND_KIND_NAMES)[number];

export const INBOUND_KINDS: Readonly<Record<InboundKindName, InboundKind>> = {
  alertmanager: { verify: verifyAlertmanager, tell: ({ payload }) => translateWebhook(readWebhook(payload)) },
  grafana: { verify: verifyGrafana, tell: ({ payload }) => translateGrafana(readGrafana(payload)) },
  github: {
    verify: verifyGithub,
    tell: ({ header, payload }, { settings: { issueLabels } }) =>
      translateGithub(readGithub(header("x-github-event") ?? "", payload), {
        issueLabels,
        deliveryId: header("x-github-delivery"),
      }),
  },
  sentry: {
    verify: verifySentry,
    tell: ({ header, payload }) =>
      translateSentry(readSentry(header("sentry-hook-resource") ?? "", payload), header("request-id")),
  },
  pagerduty: { verify: verifyPagerduty, tell: ({ payload }) => translatePagerduty(readPagerduty(payload)) },
  slack: {
    verify: verifySlack,
    tell: ({ header, payload }) => translateSlack(payload, header("x-slack-signature")),
    isAlwaysSigned: true,
    // Slack waits for three seconds, the way there and back included.
    answerWithinMs: 2000,
    answersEmpty: true,
  },
  generic: { verify: verifyGeneric, tell: translateGeneric },
};

/** The kind of that name; undefined for a name of none. */
export function inboundKindOf(name: string): InboundKind | undefined {
  const known = INBOUND_KIND_NAMES.find((each) => each === name);
  return known === undefined ? undefined : INBOUND_KINDS[known];
}
