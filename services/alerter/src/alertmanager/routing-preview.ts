import type { GroupStatus } from "@sightline/alertmanager/dispatch/status";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type {
  ConfigurationDraft,
  GetRouteTreeRequest,
  GetRouteTreeResponse,
  PreviewRoutingRequest,
  PreviewRoutingResponse,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import { readSilences } from "../dispatch/silence-store.ts";
import type { DispatchViews } from "./dispatch-views.ts";
import { type Drafts, sentDraft } from "./drafts.ts";
import { treeNodes } from "./route-node.ts";
import { type RoutingState, routedPreview } from "./routed-preview.ts";

export interface RoutingPreviewsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly views: DispatchViews;
  readonly drafts: Drafts;
}

/** What a configuration does with alerts. Everything is of the given tenant; nothing is sent and nothing changes. */
export interface RoutingPreviews {
  /** Throws invalid_argument for a draft that could not be put in force. */
  tree(tenant: string, request: GetRouteTreeRequest): Promise<GetRouteTreeResponse>;
  /** Throws invalid_argument, for a label set that is no alert's too. */
  preview(tenant: string, request: PreviewRoutingRequest): Promise<PreviewRoutingResponse>;
}

export function createRoutingPreviews({ sql, clock, views, drafts }: RoutingPreviewsOptions): RoutingPreviews {
  return {
    async tree(tenant, { draft }) {
      const view = draft === undefined ? await views.of(tenant) : undefined;
      const configuration =
        view?.configuration() ?? (await drafts.ready(tenant, sentDraft(draft ?? nothingDrafted))).configuration;
      const counts = countsOf(view?.dispatcher.groups(clock()) ?? []);
      return {
        version: BigInt(configuration.version),
        nodes: treeNodes(configuration.dispatch.route, counts),
        receivers: configuration.receivers.map(({ name }) => ({
          name,
          integrations: integrationNames(configuration, name),
        })),
      };
    },

    async preview(tenant, { alerts, draft }) {
      const nowMs = clock();
      const [view, silences] = await Promise.all([views.of(tenant), readSilences(sql, tenant)]);
      const configuration =
        draft === undefined ? view.configuration() : (await drafts.ready(tenant, sentDraft(draft))).configuration;
      const { dispatcher } = view;
      const state: RoutingState = {
        configuration,
        silences,
        maintenanceOf: (alert) => view.maintenanceOf(alert, nowMs),
        alerts: dispatcher.snapshot().alerts,
        // Groups of a draft are not there yet.
        groups: draft === undefined ? dispatcher.groups(nowMs) : [],
        nowMs,
      };
      const preview = routedPreview(state);
      return { alerts: alerts.map(({ labels }, index) => preview(labels, index)) };
    },
  };
}

const nothingDrafted: ConfigurationDraft = { source: "", templates: {} };

/** How many groups and alerts a node has, by its id. */
function countsOf(groups: readonly GroupStatus[]): Map<string, { groups: number; alerts: number }> {
  const counts = new Map<string, { groups: number; alerts: number }>();
  for (const { routeId, alerts } of groups) {
    const counted = counts.get(routeId) ?? { groups: 0, alerts: 0 };
    counts.set(routeId, { groups: counted.groups + 1, alerts: counted.alerts + alerts.length });
  }
  return counts;
}

/** A receiver's integrations, such as `webhook[0]`. */
export function integrationNames({ dispatch }: ActiveConfiguration, receiver: string): string[] {
  return dispatch.integrationsOf(receiver).map(({ kind, index }) => `${kind}[${index}]`);
}
