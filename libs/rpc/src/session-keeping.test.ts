import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { setInterval as ticks } from "node:timers/promises";
import { eventually } from "@sightline/testkit/eventually";
import { keepSession } from "./session-keeping.ts";

const PING_INTERVAL_MS = 10;
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const NO_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

const server = createServer();
const closers = new AsyncDisposableStack();
before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.defer(() => void server.close());
});
after(() => closers.disposeAsync());

/** A client that says what every connection begins with and nothing after it, and never closes its end. */
async function connectSilent(): Promise<{ readonly client: Socket; readonly session: ServerHttp2Session }> {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const client = connect({ port: address.port, host: "127.0.0.1", allowHalfOpen: true });
  closers.defer(() => void client.destroy());
  client.resume();
  const session = new Promise<ServerHttp2Session>((resolve) => server.once("session", resolve));
  client.write(Buffer.concat([PREFACE, NO_SETTINGS]));
  return { client, session: await session };
}

test("a client that leaves an old connection open ends no server", async () => {
  const { client, session } = await connectSilent();
  let isClosed = false;
  session.once("close", () => {
    isClosed = true;
  });
  keepSession(session, { maxAgeMs: 20, pingIntervalMs: PING_INTERVAL_MS });
  await eventually(() => session.destroyed);
  let pings = 0;
  for await (const _ of ticks(PING_INTERVAL_MS)) if (++pings === 5) break;
  assert.ok(!isClosed, "the client has not closed its end");
  client.end();
  await eventually(() => isClosed);
});
