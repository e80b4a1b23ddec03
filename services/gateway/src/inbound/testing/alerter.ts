import { AppError, unavailable } from "@sightline/errors/app-error";
import { AlertmanagerServiceService, type PostedAlert } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import {
  InteractionServiceService,
  type InteractRequest,
} from "@sightline/proto/sightline/alert/v1/interaction_service";
import { internalUnary, unary } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { serverStream } from "@sightline/rpc/streams";
import { quietLog } from "@sightline/testkit/quiet-log";

/** An alert that was taken, and whose it is. */
export interface TakenAlert extends PostedAlert {
  readonly tenant: string;
}

/** Something that was pressed, and whose it is. */
export interface TakenInteraction extends InteractRequest {
  readonly tenant: string;
}

/** A real gRPC server that takes alerts, and what people press, as the alerter does, and keeps them. */
export async function startTakingAlerter(internalToken: string) {
  const taken: TakenAlert[] = [];
  const pressed: TakenInteraction[] = [];
  let answer: () => Promise<unknown> = async () => undefined;
  let isUp = true;
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const refuse = unary(async () => {
    throw new AppError("unimplemented", "this alerter takes alerts only");
  });
  const refuseStream = serverStream((): AsyncIterable<never> => {
    throw new AppError("unimplemented", "this alerter takes alerts only");
  });
  server.addService(AlertmanagerServiceService, {
    postAlerts: internalUnary(internalToken)(async ({ alerts }: { alerts: PostedAlert[] }, { tenant }) => {
      if (!isUp) throw unavailable("cannot take alerts: the database is away");
      taken.push(...alerts.map((alert) => ({ ...alert, tenant })));
      return { refusals: [] };
    }),
    listRoutedAlerts: refuseStream,
    listAlertGroups: refuseStream,
    listReceivers: refuse,
    listSilences: refuse,
    getSilence: refuse,
    putSilence: refuse,
    expireSilence: refuse,
    getConfiguration: refuse,
    putConfiguration: refuse,
    explainAlert: refuse,
    explainPaging: refuse,
    previewSilence: refuse,
    getRouteTree: refuse,
    previewRouting: refuse,
    testReceiver: refuse,
  });
  server.addService(InteractionServiceService, {
    interact: internalUnary(internalToken)(async (request: InteractRequest, { tenant }) => {
      if (!isUp) throw unavailable("cannot do it: the database is away");
      await answer();
      pressed.push({ ...request, tenant });
      return { outcome: "done" };
    }),
  });
  const port = await server.listen();
  return {
    address: `127.0.0.1:${port}`,
    taken,
    pressed,
    /** What an interaction waits for from now on. */
    waitFor: (wait: () => Promise<unknown>) => {
      answer = wait;
    },
    setUp: (up: boolean) => {
      isUp = up;
    },
    [Symbol.asyncDispose]: () => server.close(1000),
  };
}
