import { invalid } from "@sightline/errors/app-error";
import { consoleLog } from "./console/send.ts";
import type { IntegrationKind } from "./define-integration.ts";
import { discord } from "./discord/send.ts";
import { github } from "./github/send.ts";
import type { Integration, Rim } from "./integration.ts";
import { metrics } from "./metrics/send.ts";
import { teams } from "./msteamsv2/send.ts";
import { opsgenie } from "./opsgenie/send.ts";
import { pagerduty } from "./pagerduty/send.ts";
import { sentry } from "./sentry/send.ts";
import { slack } from "./slack/send.ts";
import { telegram } from "./telegram/send.ts";
import { webhook } from "./webhook/send.ts";

/** The one list of the kinds of channel: a new one is a folder beside them and a line here. */
export const integrationKinds: readonly IntegrationKind[] = [
  consoleLog,
  discord,
  github,
  metrics,
  opsgenie,
  pagerduty,
  sentry,
  slack,
  teams,
  telegram,
  webhook,
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
