import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";

const MAX_MESSAGE_BYTES = 1000;
const MAX_QUEUED_BYTES = 64 * 1024;
let ingest: IngestUnderTest;
const ports = { tcp: 0, udp: 0, tls: 0, closed: 0, single: 0 };
let dir: string;

before(async () => {
  for (const name of ["tcp", "udp", "tls", "closed", "single"] as const) ports[name] = await freePort();
  dir = await mkdtemp(join(tmpdir(), "sightline-syslog-"));
  const [certFile, keyFile] = [join(dir, "cert.pem"), join(dir, "key.pem")];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  await promisify(execFile)("openssl", [...made, "-subj", "/CN=localhost", "-keyout", keyFile, "-out", certFile]);
  // The only client that is served is the one with the server's own certificate.
  const tls = { certFile, keyFile, clientCaFile: certFile };
  const common = { maxMessageBytes: MAX_MESSAGE_BYTES, tenant: "acme" };
  ingest = await startIngest({
    config: {
      syslog: [
        { transport: "tcp", port: ports.tcp, ...common },
        { transport: "udp", port: ports.udp, maxQueuedBytes: MAX_QUEUED_BYTES, ...common },
        { transport: "tls", port: ports.tls, tls, ...common },
        { transport: "tcp", port: ports.closed, allowFrom: ["192.0.2.0/24"], ...common },
        { transport: "tcp", port: ports.single, maxConnections: 1, ...common },
      ],
    },
  });
});

after(async () => {
  await ingest.stop();
  await rm(dir, { recursive: true, force: true });
});

function open(port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect(port, "127.0.0.1", () => resolve(socket));
  socket.on("error", reject);
  return promise;
}

/** The bodies of all that is stored behind a sequence, with the tenant checked. */
async function bodiesAfter(seq: number): Promise<string[]> {
  const messages = await ingest.stored("logs", seq);
  return messages.flatMap(({ payload, tenant }) => {
    assert.equal(tenant, "acme");
    return ExportLogsServiceRequest.decode(payload).resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => valueText(body))),
    );
  });
}

const dropped = (protocol: string, reason: string) =>
  ingest.metric(`sightline_ingest_dropped_messages_total{protocol="${protocol}",reason="${reason}"}`);

test("TCP: both framings, stored with what the header says", async () => {
  const seq = await ingest.lastSeq();
  const socket = await open(ports.tcp);
  const time = new Date().toISOString();
  const counted = `<165>1 ${time} web shop 42 ID7 [a@1 k="v"] counted`;
  socket.end(`<11>1 ${time} web shop - - - line\n${counted.length} ${counted}`);
  await eventually(async () => (await bodiesAfter(seq)).length === 2);
  const [message] = await ingest.stored("logs", seq);
  const [resource] = ExportLogsServiceRequest.decode(message?.payload ?? Buffer.alloc(0)).resourceLogs;
  assert.deepEqual(attributesText(resource?.resource?.attributes ?? []), {
    "service.name": "shop",
    "host.name": "web",
  });
  const [line, other] = resource?.scopeLogs[0]?.logRecords ?? [];
  assert.deepEqual([line?.severityNumber, line?.severityText, valueText(line?.body)], [17, "err", "line"]);
  assert.deepEqual([other?.severityNumber, valueText(other?.body)], [10, "counted"]);
  assert.deepEqual(attributesText(other?.attributes ?? []), {
    "syslog.facility": "local4",
    "syslog.procid": "42",
    "syslog.msgid": "ID7",
    "a@1.k": "v",
  });
});

test("TLS: taken from who shows the certificate that is asked for", async () => {
  const seq = await ingest.lastSeq();
  const [cert, key] = await Promise.all([readFile(join(dir, "cert.pem")), readFile(join(dir, "key.pem"))]);
  const options = { port: ports.tls, host: "127.0.0.1", servername: "localhost", ca: cert };
  const stranger = connectTls(options);
  stranger.on("error", () => undefined);
  stranger.write("<13>app: stranger\n");
  await new Promise((resolve) => stranger.once("close", resolve));
  const known = connectTls({ ...options, cert, key });
  known.end("18 <13>app: encrypted");
  await eventually(async () => (await bodiesAfter(seq)).length > 0);
  assert.deepEqual(await bodiesAfter(seq), ["encrypted"]);
  known.destroy();
});

test("UDP: a datagram is a message", async () => {
  const seq = await ingest.lastSeq();
  const socket = createSocket("udp4");
  const texts = Array.from({ length: 100 }, (_, at) => `datagram ${at}`);
  for (const text of texts) socket.send(`<13>app: ${text}`, ports.udp, "127.0.0.1");
  await eventually(async () => (await bodiesAfter(seq)).length === texts.length);
  assert.deepEqual((await bodiesAfter(seq)).toSorted(), texts.toSorted());
  socket.close();
});

test("what is too long or from elsewhere is dropped and counted, and its neighbours are taken", async () => {
  const seq = await ingest.lastSeq();
  const before = [await dropped("syslog-tcp", "too_long"), await dropped("syslog-udp", "too_long")];
  const long = "x".repeat(MAX_MESSAGE_BYTES + 1);
  const stream = await open(ports.tcp);
  stream.end(`<13>app: a\n<13>${long}\n<13>app: b\n`);
  const datagrams = createSocket("udp4");
  datagrams.send(`<13>${long}`, ports.udp, "127.0.0.1");
  datagrams.send("<13>app: c", ports.udp, "127.0.0.1");
  await eventually(async () => (await bodiesAfter(seq)).length === 3);
  assert.deepEqual((await bodiesAfter(seq)).toSorted(), ["a", "b", "c"]);
  assert.deepEqual(
    [await dropped("syslog-tcp", "too_long"), await dropped("syslog-udp", "too_long")],
    before.map((count) => count + 1),
  );
  datagrams.close();

  const refused = await open(ports.closed);
  refused.write("<13>app: elsewhere\n");
  await new Promise((resolve) => refused.once("close", resolve));
  assert.equal(await dropped("syslog-tcp", "not_allowed"), 1);
  assert.equal((await bodiesAfter(seq)).length, 3);
});

test("connections beyond the limit are closed at once", async () => {
  const seq = await ingest.lastSeq();
  const first = await open(ports.single);
  first.write("<13>app: first\n");
  await eventually(async () => (await bodiesAfter(seq)).length === 1);
  const second = await open(ports.single);
  await new Promise((resolve) => second.once("close", resolve));
  assert.equal(await dropped("syslog-tcp", "too_many_connections"), 1);
  first.end();
});

test("while the bus is away TCP waits and loses nothing; UDP drops what it cannot hold, and counts it", async () => {
  const seq = await ingest.lastSeq();
  await ingest.nats.kill();
  await eventually(async () => (await ingest.service.deps.readiness.report()).ready === false);

  const stream = await open(ports.tcp);
  const line = (at: number) => `<13>app: ${`tcp-${at}-`.padEnd(900, "x")}\n`;
  const lines = 20_000;
  let written = 0;
  const writing = (async () => {
    for (let at = 0; at < lines; at++) {
      if (!stream.write(line(at))) await new Promise((resolve) => stream.once("drain", resolve));
      written = at + 1;
    }
    stream.end();
  })();
  const datagrams = createSocket("udp4");
  const datagram = `<13>app: ${"udp".padEnd(900, "x")}`;
  await eventually(async () => {
    datagrams.send(datagram, ports.udp, "127.0.0.1");
    return (await dropped("syslog-udp", "queue_full")) > 0;
  });
  const stuck = written;
  assert.ok(stuck < lines, "the reader does not go on without the bus");

  await ingest.nats.restart();
  await writing;
  const wanted = Array.from({ length: lines }, (_, at) => `tcp-${at}-`);
  await eventually(
    async () => {
      const bodies = new Set((await bodiesAfter(seq)).map((body) => body.replace(/x+$/, "")));
      return wanted.every((mark) => bodies.has(mark)) && bodies.has("udp");
    },
    { timeoutMs: 40_000 },
  );
  datagrams.close();
});
