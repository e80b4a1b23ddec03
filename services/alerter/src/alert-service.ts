import { type AcknowledgeAlertRequest, AlertServiceService } from "@sightline/proto/sightline/alert/v1/alert_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import type { AlertActions } from "./actions/alert-actions.ts";
import type { AlertCalls } from "./alerts/alert-calls.ts";
import type { ChannelCalls } from "./channels/channel-calls.ts";
import type { RuleCalls } from "./rules/rule-calls.ts";

export interface AlertServiceOptions {
  readonly internalToken: string;
  readonly rules: RuleCalls;
  readonly alerts: AlertCalls;
  readonly actions: AlertActions;
  readonly channels: ChannelCalls;
}

/** Adds the AlertService, for the other services only. */
export function addAlertService(server: GrpcServer, options: AlertServiceOptions): void {
  const { rules, alerts, actions, channels } = options;
  const act = async (tenant: string, verb: "acknowledge" | "resolve", request: AcknowledgeAlertRequest) => {
    const { alertId, userId, note } = request;
    const of = { $case: "alertId", value: alertId } as const;
    const { alert } = await actions.onAlert(tenant, {
      alert: of,
      userId,
      action: { note, verb: { $case: verb, value: {} } },
    });
    return { alert };
  };
  const internal = internalUnary(options.internalToken);
  server.addService(AlertServiceService, {
    listRules: internal(async (_request, { tenant }) => ({ rules: await rules.list(tenant) })),
    putRule: internal(async ({ rule }, { tenant }) => ({ rule: await rules.put(tenant, rule) })),
    deleteRule: internal(async ({ ruleId }, { tenant }) => {
      await rules.delete(tenant, ruleId);
      return {};
    }),
    listAlerts: internal((request, { tenant }) => alerts.list(tenant, request)),
    getAlert: internal(({ alertId }, { tenant }) => alerts.get(tenant, alertId)),
    acknowledgeAlert: internal((request, { tenant }) => act(tenant, "acknowledge", request)),
    resolveAlert: internal((request, { tenant }) => act(tenant, "resolve", request)),
    listChannels: internal(async (_request, { tenant }) => ({ channels: await channels.list(tenant) })),
    putChannel: internal(async ({ channel }, { tenant }) => ({ channel: await channels.put(tenant, channel) })),
    deleteChannel: internal(async ({ name }, { tenant }) => {
      await channels.delete(tenant, name);
      return {};
    }),
    testChannel: internal(({ name }, { tenant, signal }) => channels.test(tenant, name, signal)),
  });
}
