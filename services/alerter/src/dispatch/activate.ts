import { type Config, loadConfig, printConfig } from "@sightline/alertmanager/config/config";
import type { Receiver } from "@sightline/alertmanager/config/receiver";
import { dispatchConfigOf } from "@sightline/alertmanager/dispatch/dispatch-config";
import type { Labels, Notification } from "@sightline/alertmanager/notification";
import { type AlertTemplates, createTemplates } from "@sightline/alertmanager/template/templates";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Pool } from "@sightline/postgres/pool";
import { fromAlertmanager } from "../channels/from-alertmanager.ts";
import type { Integration, Rim } from "../channels/integration.ts";
import { createIntegration } from "../channels/integrations.ts";
import type { ActiveConfiguration } from "./active-configuration.ts";
import { type ConfigurationDraft, findConfiguration } from "./configuration-store.ts";
import { DEFAULT_CONFIGURATION } from "./default-configuration.ts";

/** Makes a configuration ready for use. Throws invalid_argument with what is wrong: its texts, or what Sightline cannot do of it. */
export function activate(
  { source, templates, version }: Pick<ConfigurationDraft, "source" | "templates"> & { readonly version: number },
  rim: Rim,
): ActiveConfiguration {
  const config = loadConfig(source);
  wantTexts(config);
  const integrations = new Map<string, Integration>();
  for (const receiver of config.receivers) addIntegrations(receiver, rim, integrations);
  const files = Object.entries(templates).map(([name, text]) => ({ name, text }));
  const filling = createTemplates(files, { now: rim.clock });
  return {
    version,
    shown: printConfig(config),
    templates: filling,
    receivers: config.receivers.map(({ name, labels }) => ({ name, labels: { ...labels, name } })),
    dispatch: {
      ...dispatchConfigOf(config),
      fillRouteLabels: (labels, notification) => filledRouteLabels(filling, labels, notification),
    },
    integrationOf: ({ receiver, integration, index }) => integrations.get(keyOf(receiver, integration, index)),
  };
}

/** What is in names of groups and receivers is kept, and what is kept has to be a text. */
function wantTexts({ route, receivers, timeIntervals }: Config): void {
  const named = [route, receivers.map(({ name, labels }) => [name, labels]), [...timeIntervals.keys()]];
  if (!/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(named))) return;
  throw invalid("cannot use the configuration: got NUL or half of a character in a name or a matcher, want texts");
}

function addIntegrations({ name, integrations }: Receiver, rim: Rim, all: Map<string, Integration>): void {
  for (const one of integrations) {
    try {
      all.set(keyOf(name, one.kind, one.index), createIntegration(one.kind, fromAlertmanager(one).settings, rim));
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

function keyOf(receiver: string, kind: string, index: number): string {
  return JSON.stringify([receiver, kind, index]);
}

/** The configuration of a tenant who has put none. */
export const DEFAULT_DRAFT = { source: DEFAULT_CONFIGURATION, templates: {}, version: 0 } as const;

/** The configuration in force of a tenant; the default one where it has put none. */
export async function configurationInForce(sql: Pool, tenant: string, rim: Rim): Promise<ActiveConfiguration> {
  const kept = await findConfiguration(sql, tenant);
  return activate(kept ?? DEFAULT_DRAFT, rim);
}
