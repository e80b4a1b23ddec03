import { AlertmanagerServiceService } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { GrpcServer } from "@sightline/rpc/server";
import { internalStream } from "@sightline/rpc/streams";
import type { ConfigurationCalls } from "./configuration-calls.ts";
import type { ExplainCalls } from "./explain-calls.ts";
import type { PagingCalls } from "./paging-calls.ts";
import type { ReceiverTests } from "./receiver-test.ts";
import type { RoutedAlerts } from "./routed-alerts.ts";
import type { RoutingPreviews } from "./routing-preview.ts";
import type { SilenceCalls } from "./silence-calls.ts";
import type { SilencePreviews } from "./silence-preview.ts";

export interface AlertmanagerServiceOptions {
  readonly internalToken: string;
  readonly alerts: RoutedAlerts;
  readonly silences: SilenceCalls;
  readonly configurations: ConfigurationCalls;
  readonly explanations: ExplainCalls;
  readonly pagings: PagingCalls;
  readonly previews: SilencePreviews;
  readonly routings: RoutingPreviews;
  readonly tests: ReceiverTests;
}

/** Alerts and groups in one message of a stream. */
const PIECE = 500;

/** Adds the AlertmanagerService, for the other services only. */
export function addAlertmanagerService(server: GrpcServer, options: AlertmanagerServiceOptions): void {
  const { internalToken, alerts, silences, configurations, explanations, pagings, previews, routings, tests } = options;
  const internal = internalUnary(internalToken);
  const stream = internalStream(internalToken);
  server.addService(AlertmanagerServiceService, {
    postAlerts: internal(async (request, { tenant }) => ({ refusals: await alerts.post(tenant, request) })),
    listRoutedAlerts: stream(async function* (request, { tenant }) {
      for (const piece of piecesOf(await alerts.list(tenant, request))) yield { alerts: piece };
    }),
    listAlertGroups: stream(async function* (request, { tenant }) {
      for (const group of await alerts.groups(tenant, request)) {
        for (const [at, piece] of piecesOf(group.alerts).entries()) {
          yield { groups: [{ ...group, alerts: piece, continued: at > 0 }] };
        }
      }
    }),
    listReceivers: internal(async (request, { tenant }) => ({
      receivers: await configurations.receivers(tenant, request),
    })),
    listSilences: internal(async (request, { tenant }) => ({ silences: await silences.list(tenant, request) })),
    getSilence: internal(async ({ silenceId }, { tenant }) => ({ silence: await silences.get(tenant, silenceId) })),
    putSilence: internal(async (request, { tenant }) => ({ silenceId: await silences.put(tenant, request) })),
    expireSilence: internal(async ({ silenceId }, { tenant }) => {
      await silences.expire(tenant, silenceId);
      return {};
    }),
    getConfiguration: internal((_request, { tenant }) => configurations.get(tenant)),
    putConfiguration: internal((request, { tenant }) => configurations.put(tenant, request)),
    explainAlert: internal(async (request, { tenant }) => ({
      decisions: await explanations.explain(tenant, request),
    })),
    explainPaging: internal((request, { tenant }) => pagings.explain(tenant, request)),
    previewSilence: internal((request, { tenant }) => previews.preview(tenant, request)),
    getRouteTree: internal((request, { tenant }) => routings.tree(tenant, request)),
    previewRouting: internal((request, { tenant }) => routings.preview(tenant, request)),
    testReceiver: internal(async (request, { tenant, signal }) => ({
      integrations: await tests.test(tenant, request, signal),
    })),
  });
}

function piecesOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / PIECE) }, (_, at) => all.slice(at * PIECE, (at + 1) * PIECE));
}
