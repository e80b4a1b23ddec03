// What becomes of a configuration's JSON on its way to the alerter and back, over a real gRPC server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import {
  AlertmanagerServiceClient,
  AlertmanagerServiceService,
  GetConfigurationResponse,
  type PutConfigurationRequest,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { createClient } from "@sightline/rpc/client";
import { internalUnary, unary } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { serverStream } from "@sightline/rpc/streams";
import { quietLog } from "@sightline/testkit/quiet-log";
import { alertRoutingRoutes } from "./alert-routing.ts";
import type { RawExchange } from "./route.ts";

const internalToken = "0123456789abcdef0123456789abcdef";

/** A server that has one configuration, and remembers how it was asked to put another one. */
async function startAlerter() {
  const puts: PutConfigurationRequest[] = [];
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const internal = internalUnary(internalToken);
  const refuse = unary(async () => {
    throw new AppError("unimplemented", "this alerter has a configuration only");
  });
  const refuseStream = serverStream((): AsyncIterable<never> => {
    throw new AppError("unimplemented", "this alerter has a configuration only");
  });
  server.addService(AlertmanagerServiceService, {
    getConfiguration: internal(async () =>
      GetConfigurationResponse.fromPartial({
        version: 3n,
        source: "# ours",
        templates: { "a.tmpl": "x" },
        files: ["/run/key"],
        author: "ann",
      }),
    ),
    putConfiguration: internal(async (request: PutConfigurationRequest) => {
      puts.push(request);
      return { version: 4n, receivers: ["a"] };
    }),
    ...{ listRoutedAlerts: refuseStream, listAlertGroups: refuseStream, postAlerts: refuse, listReceivers: refuse },
    ...{ listSilences: refuse, getSilence: refuse, putSilence: refuse, expireSilence: refuse, previewSilence: refuse },
    ...{ explainAlert: refuse, explainPaging: refuse },
    ...{ getRouteTree: refuse, previewRouting: refuse, testReceiver: refuse },
  });
  const port = await server.listen();
  const client = createClient(AlertmanagerServiceClient, `127.0.0.1:${port}`, { internalToken });
  const ask = (operation: string, body?: object): Promise<unknown> => {
    const route = alertRoutingRoutes(client).find((one) => one.operation === operation);
    assert.ok(route);
    return route.handle({ ...exchange, body });
  };
  return {
    puts,
    ask,
    async [Symbol.asyncDispose]() {
      client.close();
      await server.close(1000);
    },
  };
}

const exchange: RawExchange = {
  query: {},
  body: undefined,
  attributes: {},
  parse: (schema, value) => schema.parse(value),
  param: () => "",
  caller: { tenant: "acme", name: "ann", level: "edit", byCookie: false },
  header: () => "",
  address: "127.0.0.1",
  sessionToken: undefined,
  accepts: () => undefined,
  setCookie: () => undefined,
  signal: AbortSignal.timeout(30_000),
};

test("a configuration comes with its templates, which stay where none are put", async () => {
  await using alerter = await startAlerter();
  assert.deepEqual(await alerter.ask("getAlertRouting"), {
    version: 3,
    source: "# ours",
    templates: { "a.tmpl": "x" },
    files: ["/run/key"],
    author: "ann",
    created: null,
  });
  const cases: readonly (readonly [body: object, put: Partial<PutConfigurationRequest>])[] = [
    [{}, { keepTemplates: true, templates: {}, files: undefined, expectedVersion: undefined, onlyCheck: false }],
    [{ files: { "/run/key": "hush" } }, { files: { texts: { "/run/key": "hush" } } }],
    [{ files: {} }, { files: { texts: {} } }],
    [{ templates: {} }, { keepTemplates: false, templates: {} }],
    [
      { templates: { "b.tmpl": "y" }, onlyCheck: true },
      { keepTemplates: false, templates: { "b.tmpl": "y" }, onlyCheck: true },
    ],
    [{ expectedVersion: 0 }, { expectedVersion: 0n }],
    [{ expectedVersion: 3 }, { expectedVersion: 3n }],
  ];
  for (const [body, want] of cases) {
    assert.deepEqual(await alerter.ask("putAlertRouting", { source: "# mine", ...body }), {
      version: 4,
      receivers: ["a"],
    });
    assert.partialDeepStrictEqual(alerter.puts.at(-1), { source: "# mine", author: "ann", ...want });
  }
  await assert.rejects(
    async () => alerter.ask("putAlertRouting", { source: "", expectedVersion: -1 }),
    /expectedVersion/,
  );
});
