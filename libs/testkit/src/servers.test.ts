import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { startNats, startPrivatePostgres, startRedis } from "./servers.ts";

/** Sends bytes to a port and answers all that came back until the server closed. */
async function talk(port: number, message: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(message);
  return await text(socket);
}

const servers = [
  { name: "nats", start: startNats, message: "CONNECT {}\r\nPING\r\n", want: /Authorization Violation/ },
  { name: "redis", start: startRedis, message: "PING\r\n", want: /NOAUTH/ },
  // A Postgres start-up message of protocol 3.0 for user "x"; "R" and SASL ask for the password.
  {
    name: "postgres",
    start: startPrivatePostgres,
    message: "\0\0\0\x10\0\x03\0\0user\0x\0\0",
    want: /^R.*SCRAM-SHA-256/s,
  },
];

for (const { name, start, message, want } of servers) {
  test(`${name} asks for its password, and comes back after a kill at the same address`, async () => {
    await using server = await start();
    assert.match(await talk(server.port, message), want);
    const pid = server.pid;
    await server.kill();
    await assert.rejects(talk(server.port, message), { code: "ECONNREFUSED" });
    await server.restart();
    assert.notEqual(server.pid, pid);
    assert.match(await talk(server.port, message), want);
  });
}

test("servers started at the same time do not get in each other's way", async () => {
  const started = await Promise.all([startNats(), startNats(), startRedis(), startRedis()]);
  assert.equal(new Set(started.map((server) => server.port)).size, started.length);
  await Promise.all(started.map((server) => server.stop()));
});
