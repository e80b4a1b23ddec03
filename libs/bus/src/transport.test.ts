import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { getCACertificates, setDefaultCACertificates, TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { startNats } from "@sightline/testkit/servers";
import { connectBus } from "./connect.ts";
import { readFrom } from "./ordered.ts";
import { createPublisher } from "./publish.ts";
import { ensureStreams } from "./streams.ts";
import { STREAMS } from "./subjects.ts";

const signal = new AbortController().signal;

/** Stands before a server; what it does with each connection is up to the test. */
async function startFront(url: string, serve: (client: Socket, connectBehind: () => Socket) => void) {
  const { username, password, hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const opened = (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined));
    return socket;
  };
  const front = createServer((client) => serve(opened(client), () => opened(connect(Number(port), hostname))));
  await once(front.listen(0, "127.0.0.1"), "listening");
  const address: AddressInfo | string | null = front.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    addressAt: (scheme: string, host: string) => `${scheme}://${username}:${password}@${host}:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      front.close();
      await once(front, "close");
    },
  };
}

function pipeBoth(client: Socket, behind: Socket): void {
  client.pipe(behind).pipe(client);
}

/** A key and a certificate of `localhost`, signed by itself. */
async function makeCertificate(): Promise<{ readonly key: Buffer; readonly cert: Buffer }> {
  const dir = await mkdtemp(join(tmpdir(), "sightline-bus-"));
  try {
    const [certFile, keyFile] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    await promisify(execFile)("openssl", [...made, ...subject, "-keyout", keyFile, "-out", certFile]);
    return { key: await readFile(keyFile), cert: await readFile(certFile) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A front that demands TLS, as a server does, and decrypts. */
function tlsFront(url: string, certificate: { readonly key: Buffer; readonly cert: Buffer }) {
  return startFront(url, (client, connectBehind) => {
    const behind = connectBehind();
    behind.once("data", (info) => {
      behind.pause();
      client.write(info.toString().replace("INFO {", 'INFO {"tls_required":true,'));
      const encrypted = new TLSSocket(client, { isServer: true, ...certificate });
      encrypted.on("error", () => client.destroy());
      pipeBoth(encrypted, behind);
    });
  });
}

test("a connection that breaks before the server has said anything is made again", async () => {
  await using server = await startNats();
  const ends: ((client: Socket) => void)[] = [
    (client) => client.resetAndDestroy(),
    (client) => client.end(),
    (client) => client.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    (client) => void client.write(`MSG a 1 ${"9".repeat(20)}\r\n`),
    (client) => void client.write('INFO {"tls_required":true}\r\n', () => client.resetAndDestroy()),
  ];
  await using front = await startFront(server.url, (client, connectBehind) => {
    const end = ends.shift();
    if (end === undefined) pipeBoth(client, connectBehind());
    else end(client);
  });
  const bus = await connectBus({ url: front.addressAt("nats", "127.0.0.1"), name: "patient", log: quietLog });
  assert.equal(ends.length, 0);
  await bus.nats.flush();
  await bus.close();
});

test("messages that were lost with a connection are read again, also when no other comes", async () => {
  await using server = await startNats();
  const direct = await connectBus({ url: server.url, name: "direct", log: quietLog });
  await ensureStreams(direct, { diskBudgetBytes: 50_000_000, replicas: 1 });
  const publisher = createPublisher(direct, "logs", { as: "ingest", maxInFlightBytes: 1 << 20 });
  const publish = async (msgId: string) => {
    const options = { tenant: "default", records: 1, shard: 0, msgId };
    return (await publisher.publish(Buffer.from(msgId), options)).seq;
  };
  const pairs: { readonly client: Socket; readonly behind: Socket }[] = [];
  await using front = await startFront(server.url, (client, connectBehind) => {
    const behind = connectBehind();
    pairs.push({ client, behind });
    pipeBoth(client, behind);
  });
  const bus = await connectBus({ url: front.addressAt("nats", "127.0.0.1"), name: "cut off", log: quietLog });
  const reader = await readFrom(bus, { stream: "telemetry", subject: "telemetry.logs.0", startSeq: 1 });
  const read: number[] = [];
  const readMore = async () => {
    const messages = await reader.next({ maxMessages: 10, maxBytes: 1 << 20, maxWaitMs: 100, signal });
    read.push(...messages.map(({ seq }) => seq));
  };
  const sent = [await publish("arrives")];
  await eventually(async () => {
    await readMore();
    assert.deepEqual(read, sent);
  });
  const [pair] = pairs;
  pair?.behind.unpipe();
  pair?.behind.pause();
  sent.push(await publish("is lost"), await publish("is lost too"));
  const consumers = direct.manager.consumers;
  await eventually(async () => {
    const [consumer] = await consumers.list(STREAMS.telemetry.name).next();
    assert.equal(consumer?.delivered.consumer_seq, 3);
  });
  pair?.client.destroy();
  pair?.behind.destroy();
  await eventually(async () => {
    await readMore();
    assert.deepEqual(read, sent);
  });
  await reader.close();
  await bus.close();
  await direct.close();
});

test("large and small messages are the same over TLS, to a name and to an address", async () => {
  const certificate = await makeCertificate();
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, certificate.cert.toString()]);
  await using server = await startNats();
  await using front = await tlsFront(server.url, certificate);
  try {
    const bus = await connectBus({ url: front.addressAt("tls", "localhost"), name: "tls", log: quietLog });
    await ensureStreams(bus, { diskBudgetBytes: 100_000_000, replicas: 1 });
    const publisher = createPublisher(bus, "events", { as: "ingest", maxInFlightBytes: 1 << 24 });
    const payloads = [10, 500_000, 3, 3_000_000, 20_000].map((bytes, at) => Buffer.alloc(bytes, at + 1));
    for (const [at, payload] of payloads.entries()) {
      await publisher.publish(payload, { tenant: "default", records: 1, msgId: `tls-${at}` });
    }
    await bus.close();

    const again = await connectBus({ url: front.addressAt("tls", "127.0.0.1"), name: "tls", log: quietLog });
    const reader = await readFrom(again, { stream: "telemetry", subject: "telemetry.events.*", startSeq: 1 });
    for (const payload of payloads) {
      const messages = await reader.next({ maxMessages: 1, maxBytes: 1 << 24, maxWaitMs: 10_000, signal });
      assert.ok(messages[0] !== undefined && Buffer.from(messages[0].payload).equals(payload));
      reader.done(messages);
    }
    await reader.close();
    await again.close();
  } finally {
    setDefaultCACertificates(before);
  }
});

test("who asks for TLS gets no connection without", async () => {
  await using server = await startNats();
  const { host, username, password } = new URL(server.url);
  const stop = new AbortController();
  const warned = Promise.withResolvers<object>();
  const log = { ...quietLog, warn: (fields: object) => warned.resolve(fields) };
  const url = `tls://${username}:${password}@${host}`;
  const connecting = connectBus({ url, name: "tls", log, signal: stop.signal });
  assert.match(JSON.stringify(await warned.promise), /it has no TLS/);
  stop.abort();
  await assert.rejects(connecting, { code: "cancelled" });
});
