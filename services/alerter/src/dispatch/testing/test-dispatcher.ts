import { createDispatcher, type Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import { createRouteTree } from "@sightline/alertmanager/route/route";

const root = {
  receiver: "ops",
  groupBy: undefined,
  match: {},
  matchRe: {},
  matchers: [],
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  continue: false,
  routes: [],
  groupWaitMs: undefined,
  groupIntervalMs: undefined,
  repeatIntervalMs: undefined,
  labels: {},
};

/** A dispatcher with one route and nobody to tell. */
export function createTestDispatcher({ maxAlerts = 10, maxGroups = 10 } = {}): Dispatcher {
  const nothingMuted = { mutedBy: () => [] };
  return createDispatcher({
    config: {
      resolveTimeoutMs: 300_000,
      route: createRouteTree(root),
      inhibitRules: [],
      timeIntervals: new Map(),
      integrationsOf: () => [],
    },
    silences: nothingMuted,
    maintenance: nothingMuted,
    decide: () => undefined,
    externalUrl: "",
    maxAlerts,
    maxGroups,
  });
}
