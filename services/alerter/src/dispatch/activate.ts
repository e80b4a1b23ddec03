import { type Config, loadConfig, printConfig } from "@sightline/alertmanager/config/config";
import type { Receiver } from "@sightline/alertmanager/config/receiver";
import { dispatchConfigOf } from "@sightline/alertmanager/dispatch/dispatch-config";
import type { Labels, Notification } from "@sightline/alertmanager/notification";
import { type AlertTemplates, createTemplates } from "@sightline/alertmanager/template/templates";
import { AppError, invalid } from "@sightline/errors/app-error";
import { wantAllowedProxy } from "@sightline/service/outbound-proxy";
import { fromAlertmanager } from "../channels/from-alertmanager.ts";
import type { Integration, Rim } from "../channels/integration.ts";
import { createIntegration, knowsAcknowledgements } from "../channels/integrations.ts";
import { withAddress } from "../channels/with-address.ts";
import { recipientIntegration } from "../recipients/recipient-integration.ts";
import { withRecipients } from "../recipients/with-recipients.ts";
import type { ActiveConfiguration, IntegrationPlace } from "./active-configuration.ts";
import type { ConfigurationDraft, ConfigurationStore } from "./configuration-store.ts";
import { DEFAULT_CONFIGURATION } from "./default-configuration.ts";

/** A configuration with the files that it names; none where none are given. */
export interface ActivatedDraft extends Pick<ConfigurationDraft, "source" | "templates"> {
  readonly files?: ConfigurationDraft["files"];
  readonly version: number;
}

export interface ActivateOptions {
  /** The escalation policies that it may name. Default: any. */
  readonly policies?: ReadonlySet<string> | undefined;
  /** Whether it was put before. What it was allowed then it may not be any more: that is said where it is to be used, of that alone. */
  readonly isKept?: boolean;
}

/** Makes a configuration ready for use. Throws invalid_argument with what is wrong: its texts, or what Sightline cannot, or may not, do of it. */
export function activate(
  { source, templates, files = {}, version }: ActivatedDraft,
  rim: Rim,
  { policies, isKept = false }: ActivateOptions = {},
): ActiveConfiguration {
  const config = loadConfig(source, policies === undefined ? {} : { policies });
  wantTexts(config);
  const integrations = new Map<string, SetUp>();
  for (const receiver of config.receivers) addIntegrations(receiver, { rim, files, isKept }, integrations);
  const names = new Set(config.receivers.map(({ name }) => name));
  const dispatched = withRecipients(dispatchConfigOf(config), names);
  const named = Object.entries(templates).map(([name, text]) => ({ name, text }));
  const filling = createTemplates(named, { now: rim.clock });
  return {
    version,
    plain: printConfig(config, { plain: true }),
    templates: filling,
    receivers: config.receivers.map(({ name, labels, sightline }) => ({
      name,
      labels: { ...labels, name },
      policy: sightline?.escalation ?? "",
    })),
    dispatch: {
      ...dispatched,
      integrationsOf: (receiver) =>
        dispatched.integrationsOf(receiver).map((one) => ({ ...one, acknowledges: knowsAcknowledgements(one.kind) })),
      fillRouteLabels: (labels, notification) => filledRouteLabels(filling, labels, notification),
    },
    integrationOf: (place) =>
      names.has(place.receiver)
        ? integrations.get(keyOf(place))?.integration
        : recipientIntegration(place.receiver, { global: config.global, files, rim }),
    contactIntegration({ address, ...place }) {
      const found = integrations.get(keyOf(place));
      if (found === undefined || address === "") return found?.integration;
      return createIntegration(place.integration, withAddress(place.integration, found.settings, address), rim);
    },
  };
}

/** An integration, and what it was made of. */
interface SetUp {
  readonly integration: Integration;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What is in names of groups and receivers is kept, and what is kept has to be a text. */
function wantTexts({ route, receivers, timeIntervals }: Config): void {
  const named = [route, receivers.map(({ name, labels }) => [name, labels]), [...timeIntervals.keys()]];
  if (!/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(named))) return;
  throw invalid("cannot use the configuration: got NUL or half of a character in a name or a matcher, want texts");
}

interface AddOptions extends Required<Pick<ActivatedDraft, "files">> {
  readonly rim: Rim;
  readonly isKept: boolean;
}

function addIntegrations({ name, integrations }: Receiver, options: AddOptions, all: Map<string, SetUp>): void {
  const { rim, files, isKept } = options;
  for (const one of integrations) {
    try {
      const { settings } = fromAlertmanager(one, files);
      const integration = createIntegration(one.kind, settings, rim);
      const proxies = isKept ? [] : (integration.proxies ?? []);
      for (const origin of proxies) wantAllowedProxy(origin, rim.policy.allowedProxies);
      all.set(keyOf({ receiver: name, integration: one.kind, index: one.index }), { integration, settings });
    } catch (thrown) {
      throw invalid(
        `receiver ${JSON.stringify(name)}, ${one.kind}[${one.index}]: ${AppError.from(thrown).message}`,
        thrown,
      );
    }
  }
}

/** Those that can be filled in. */
function filledRouteLabels(templates: AlertTemplates, labels: Labels, notification: Notification): Labels {
  try {
    return templates.expandRouteLabels(labels, notification);
  } catch {
    return {};
  }
}

function keyOf({ receiver, integration, index }: IntegrationPlace): string {
  return JSON.stringify([receiver, integration, index]);
}

/** The configuration of a tenant who has put none. */
export const DEFAULT_DRAFT = { source: DEFAULT_CONFIGURATION, templates: {}, files: {}, version: 0 } as const;

export interface InForceOptions {
  readonly configurations: Pick<ConfigurationStore, "find">;
  readonly rim: Rim;
}

/** The configuration in force of a tenant; the default one where it has put none. */
export async function configurationInForce(
  tenant: string,
  { configurations, rim }: InForceOptions,
): Promise<ActiveConfiguration> {
  return activate((await configurations.find(tenant)) ?? DEFAULT_DRAFT, rim, { isKept: true });
}
