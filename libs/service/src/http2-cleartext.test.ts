import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { connect as connectSocket, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { Registry } from "prom-client";
import { listenHttp } from "./http-server.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createLogger } from "./logger.ts";

const log = createLogger({ name: "test", level: "silent" });

/** Echoes bodies over both protocols; a request to /wait is answered when `goOn` is called. */
async function startEcho(options: { drainMs?: number; requestTimeoutMs?: number } = {}) {
  const lifecycle = createLifecycle({ log, timeoutMs: 5000 });
  const waiting = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const echo = async (path: string | undefined, body: Promise<string>): Promise<string> => {
    if (path !== "/wait") return body;
    waiting.resolve();
    await goOn.promise;
    return body;
  };
  const { port } = await listenHttp(
    (incoming, answer) => {
      echo(incoming.url, text(incoming)).then(
        (got) => answer.end(`1:${got}`),
        () => answer.destroy(),
      );
    },
    {
      ...{ host: "127.0.0.1", port: 0, name: "test", lifecycle, log, metrics: new Registry(), ...options },
      http2: (incoming, answer) => {
        echo(incoming.url, text(incoming)).then(
          (got) => answer.end(`2:${got}`),
          () => answer.stream.destroy(),
        );
      },
    },
  );
  return { port, lifecycle, waiting: waiting.promise, goOn: goOn.resolve };
}

async function overHttp2(port: number, path: string, body: string): Promise<{ status: unknown; text: string }> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    return await exchange(session, path, body);
  } finally {
    session.close();
  }
}

async function exchange(session: ClientHttp2Session, path: string, body: string) {
  const stream = session.request({ ":method": "POST", ":path": path });
  let status: unknown;
  stream.on("response", (headers) => {
    status = headers[":status"];
  });
  stream.end(body);
  const got = await text(stream);
  return { status, text: got };
}

function overHttp1(port: number, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sending = request({ port, method: "POST" }, (response) => resolve(text(response)));
    sending.on("error", reject);
    sending.end(body);
  });
}

async function socketTo(port: number): Promise<Socket> {
  const socket = connectSocket(port, "127.0.0.1");
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return socket;
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()));

describe("one port for HTTP/1.1 and HTTP/2", () => {
  it("answers each in its own, large bodies and many requests on a connection too", async () => {
    const { port, lifecycle } = await startEcho();
    const large = "x".repeat(3_000_000);
    assert.equal(await overHttp1(port, "a"), "1:a");
    assert.equal((await overHttp2(port, "/", "b")).text, "2:b");
    assert.equal((await overHttp2(port, "/", large)).text, `2:${large}`);
    assert.equal(await overHttp1(port, large), `1:${large}`);
    const session = connect(`http://127.0.0.1:${port}`);
    const answers = await Promise.all(Array.from({ length: 150 }, (_, index) => exchange(session, "/", `${index}`)));
    assert.deepEqual(
      answers.map((answer) => answer.text),
      Array.from({ length: 150 }, (_, index) => `2:${index}`),
    );
    session.close();
    await lifecycle.stop();
  });

  it("knows the protocol also from bytes that come one by one", async () => {
    const { port, lifecycle } = await startEcho();
    const socket = await socketTo(port);
    socket.setNoDelay(true);
    const answer = text(socket);
    for (const byte of "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\nconnection: close\r\n\r\na") {
      await new Promise<void>((resolve) => socket.write(byte, () => setImmediate(resolve)));
    }
    assert.match(await answer, /^HTTP\/1.1 200 OK\r\n(?:.+\r\n)*\r\n(?:3\r\n)?1:a/);
    await lifecycle.stop();
  });

  it("outlives connections that end, break or are nonsense", async () => {
    const { port, lifecycle } = await startEcho();
    for (const bytes of ["", "P", "PRI * HTTP/2.0\r\n\r\nnonsense", "\0\0\0"]) {
      const socket = await socketTo(port);
      socket.on("error", () => undefined);
      socket.resume();
      if (bytes !== "") socket.write(bytes);
      socket.end();
      await closed(socket);
    }
    const broken = await socketTo(port);
    broken.write("P");
    broken.resetAndDestroy();
    assert.equal((await overHttp2(port, "/", "still here")).text, "2:still here");
    await lifecycle.stop();
  });

  it("lets a request under way finish when it stops, and drops connections that have said nothing", async () => {
    const { port, lifecycle, waiting, goOn } = await startEcho();
    const silent = await socketTo(port);
    const silentClosed = closed(silent);
    silent.on("error", () => undefined);
    silent.resume();
    const answer = overHttp2(port, "/wait", "done");
    await waiting;
    const stopped = lifecycle.stop();
    await silentClosed;
    goOn();
    assert.deepEqual(await answer, { status: 200, text: "2:done" });
    await stopped;
  });

  it("cuts off what does not finish in time", async () => {
    const { port, lifecycle, waiting } = await startEcho({ drainMs: 20 });
    const cut = overHttp2(port, "/wait", "");
    await waiting;
    await lifecycle.stop();
    assert.equal((await cut).status, undefined);
  });

  it("gives up on an exchange that takes too long", async () => {
    const { port, lifecycle } = await startEcho({ requestTimeoutMs: 50 });
    const { status, text: got } = await overHttp2(port, "/wait", "");
    assert.deepEqual([status, got], [undefined, ""]);
    await lifecycle.stop();
  });
});

describe("one port for HTTP/1.1 and somebody else's HTTP/2", () => {
  it("gives away connections of HTTP/2 from their first byte on, and cuts off those that stay", async () => {
    const lifecycle = createLifecycle({ log, timeoutMs: 5000 });
    const taken = Promise.withResolvers<Socket>();
    const { port } = await listenHttp((_request, response) => response.end("1"), {
      ...{ host: "127.0.0.1", port: 0, name: "test", drainMs: 20, lifecycle, log, metrics: new Registry() },
      takeHttp2: taken.resolve,
    });
    const client = await socketTo(port);
    client.write("PRI * HTTP/2.0");
    const socket = await taken.promise;
    assert.equal(String(await nextChunk(socket)), "PRI * HTTP/2.0");
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "1");
    const ended = closed(client);
    client.resume();
    await lifecycle.stop();
    await ended;
  });
});

async function nextChunk(socket: Socket): Promise<unknown> {
  const [chunk] = await once(socket, "data");
  return chunk;
}
