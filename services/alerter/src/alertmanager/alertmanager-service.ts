import { AlertmanagerServiceService } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import { internalStream } from "@sightline/rpc/streams";
import type { ConfigurationCalls } from "./configuration-calls.ts";
import type { ExplainCalls } from "./explain-calls.ts";
import type { RoutedAlerts } from "./routed-alerts.ts";
import type { SilenceCalls } from "./silence-calls.ts";

export interface AlertmanagerServiceOptions {
  readonly internalToken: string;
  readonly alerts: RoutedAlerts;
  readonly silences: SilenceCalls;
  readonly configurations: ConfigurationCalls;
  readonly explanations: ExplainCalls;
}

/** Alerts and groups in one message of a stream. */
const PIECE = 500;

/** Adds the AlertmanagerService, for the other services only. */
export function addAlertmanagerService(server: GrpcServer, options: AlertmanagerServiceOptions): void {
  const { internalToken, alerts, silences, configurations, explanations } = options;
  const internal = internalUnary(internalToken);
  const stream = internalStream(internalToken);
  server.addService(AlertmanagerServiceService, {
    postAlerts: internal(async (request, { tenant }) => ({ refusals: await alerts.post(tenant, request) })),
    listRoutedAlerts: stream(async function* (request, { tenant }) {
      for (const piece of piecesOf(await alerts.list(tenant, request))) yield { alerts: piece };
    }),
    listAlertGroups: stream(async function* (request, { tenant }) {
      for (const group of await alerts.groups(tenant, request)) yield { groups: [group] };
    }),
    listReceivers: internal(async (request, { tenant }) => ({
      receivers: await configurations.receivers(tenant, request),
    })),
    listSilences: internal(async (request, { tenant }) => ({ silences: await silences.list(tenant, request) })),
    getSilence: internal(async ({ silenceId }, { tenant }) => ({ silence: await silences.get(tenant, silenceId) })),
    putSilence: internal(async ({ silence }, { tenant }) => ({ silenceId: await silences.put(tenant, silence) })),
    expireSilence: internal(async ({ silenceId }, { tenant }) => {
      await silences.expire(tenant, silenceId);
      return {};
    }),
    getConfiguration: internal((_request, { tenant }) => configurations.get(tenant)),
    putConfiguration: internal((request, { tenant }) => configurations.put(tenant, request)),
    explainAlert: internal(async (request, { tenant }) => ({
      decisions: await explanations.explain(tenant, request),
    })),
  });
}

function piecesOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / PIECE) }, (_, at) => all.slice(at * PIECE, (at + 1) * PIECE));
}
