import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AcknowledgeAlertResponse,
  AlertServiceService,
  GetAlertResponse,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { createClient } from "./client.ts";
import { internalUnary, type TenantContext } from "./handlers.ts";
import { createGrpcServer } from "./server.ts";

const { getAlert, acknowledgeAlert } = AlertServiceService;
const service = { getAlert, acknowledgeAlert };
const internalToken = "a-token-between-services";

test("a forwarded call is its caller's, whoever the request says it is", async () => {
  const asked: unknown[] = [];
  const log = { error: () => undefined };
  const internal = internalUnary(internalToken);
  const answer = <Req, Res>(empty: Res) =>
    internal(async (request: Req, { tenant }: TenantContext) => {
      asked.push([tenant, request]);
      return empty;
    });
  await using closers = new AsyncDisposableStack();
  const behind = createGrpcServer({ host: "127.0.0.1", port: 0, log });
  closers.defer(() => behind.close(500));
  behind.addService(service, {
    getAlert: answer(GetAlertResponse.fromPartial({})),
    acknowledgeAlert: answer(AcknowledgeAlertResponse.fromPartial({})),
  });
  const inner = createClient({ service }, `127.0.0.1:${await behind.listen()}`, { internalToken });
  closers.defer(inner.close);
  const door = createGrpcServer({ host: "127.0.0.1", port: 0, log });
  closers.defer(() => door.close(500));
  door.forward(service, inner, async () => ({ tenant: "acme", userId: "key:1" }));
  const client = createClient({ service }, `127.0.0.1:${await door.listen()}`, {});
  closers.defer(client.close);

  await client.call("acknowledgeAlert", { alertId: "a", userId: "somebody else", note: "on it" });
  await client.call("getAlert", { alertId: "a" });
  assert.deepEqual(asked, [
    ["acme", { alertId: "a", userId: "key:1", note: "on it" }],
    ["acme", { alertId: "a" }],
  ]);
});
