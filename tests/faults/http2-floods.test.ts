import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { createNumberSender } from "./counted-request.ts";
import { type FaultStack, startFaultStack } from "./fault-stack.ts";
import { begin, fields, frame, opening, reset } from "./http2-frames.ts";
import { readMetric } from "./metrics.ts";
import { type ServiceProcess, startService } from "./service-process.ts";

const EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const MAX_CONNECTIONS = 60;
const MAX_STREAMS = 50;
/** Connections that flood at the same time, on each port. */
const FLOODERS = 8;
const FLOOD_MS = 2000;
const mebibyte = 1024 * 1024;
const patience = { intervalMs: 50 };

/** Makes the next bytes of a flood; `turn` counts from 0. */
type Flood = (turn: number) => Buffer;

const times = (count: number, make: (index: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
const CHUNK = 500;
/** Clients' streams have odd numbers. */
const streamOf = (turn: number, index: number) => 2 * (turn * CHUNK + index) + 1;
const large = fields(Array.from({ length: 100 }, (_, index) => [`x-${index}`, "x".repeat(100)]));

const floods: readonly [name: string, flood: Flood][] = [
  [
    "requests that are taken back at once",
    (turn) => times(CHUNK, (at) => Buffer.concat([begin(streamOf(turn, at), EXPORT), reset(streamOf(turn, at))])),
  ],
  ["requests that do not end", (turn) => times(CHUNK, (at) => begin(streamOf(turn, at), EXPORT))],
  ["settings", () => times(CHUNK, () => frame({ type: "settings" }))],
  ["pings", () => times(CHUNK, () => frame({ type: "ping", payload: Buffer.alloc(8) }))],
  ["priorities", () => times(CHUNK, () => frame({ type: "priority", stream: 1, payload: Buffer.alloc(5) }))],
  [
    "headers that do not end",
    (turn) =>
      turn === 0
        ? frame({ type: "headers", stream: 1, payload: large })
        : times(10, () => frame({ type: "continuation", stream: 1, payload: large })),
  ],
  [
    "empty pieces of a request",
    (turn) => (turn === 0 ? begin(1, EXPORT) : times(CHUNK, () => frame({ type: "data", stream: 1 }))),
  ],
];

describe("floods of HTTP/2", { timeout: 240_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let system: FaultStack;
  let ingest: ServiceProcess;

  before(async () => {
    system = closers.use(await startFaultStack({ services: [] }));
    const settings = {
      SIGHTLINE_LIMITS_MAX_CONNECTIONS: `${MAX_CONNECTIONS}`,
      SIGHTLINE_LIMITS_MAX_STREAMS: `${MAX_STREAMS}`,
      SIGHTLINE_TELEMETRY_ENDPOINT: "",
    };
    ingest = closers.use(await startService(system.stack, "ingest", { settings }));
    await ingest.ready();
  });

  /** From /proc: what it holds, or held at most, bytes. */
  function memory(line: "VmRSS" | "VmHWM"): number {
    const text = readFileSync(`/proc/${ingest.pid}/status`, "utf8");
    return 1024 * Number(new RegExp(`^${line}:\\s*(\\d+) kB`, "m").exec(text)?.[1]);
  }

  const refused = (reason: string) =>
    readMetric(`http://127.0.0.1:${ingest.ports("ingestAdmin")}`, "sightline_refused_connections_total", { reason });

  async function postLogs(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${ingest.ports("ingestHttp")}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${system.ingestKey}` },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "here" } }] }] }] }),
      signal: AbortSignal.timeout(10_000),
    });
    return answer.status;
  }

  for (const [name, flood] of floods) {
    test(`${name}: the process lives, its memory stays, and others are served`, async () => {
      const before = memory("VmRSS");
      const ports = [ingest.ports("ingestGrpc"), ingest.ports("ingestHttp")];
      const flooding = ports.flatMap((port) => Array.from({ length: FLOODERS }, () => floodOver(port, flood)));
      const sender = createNumberSender(`127.0.0.1:${ingest.ports("ingestGrpc")}`, system.ingestKey, "flood");
      let served = 0;
      // The floods come from this very process and machine, so that how often is no measure.
      try {
        const ended = Promise.all(flooding).then(() => true);
        do {
          await sender.send.logs(served, AbortSignal.timeout(10_000));
          assert.equal(await postLogs(), 200);
          served += 1;
        } while (!(await Promise.race([ended, Promise.resolve(false)])));
        await ended;
      } finally {
        sender.close();
      }
      const grown = memory("VmHWM") - before;
      assert.ok(grown < 200 * mebibyte, `${Math.round(grown / mebibyte)} MiB more`);
    });
  }

  test("what breaks the protocol is counted", async () => {
    assert.ok(((await refused("misbehaved")) ?? 0) > FLOODERS);
  });

  test("connections beyond the limit are closed and counted, and clients told how many requests they may have", async () => {
    const port = ingest.ports("ingestGrpc");
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const [settings] = await once(session, "remoteSettings");
    assert.equal(settings.maxConcurrentStreams, MAX_STREAMS);
    const before = (await refused("too_many")) ?? 0;
    const sockets = Array.from({ length: 2 * MAX_CONNECTIONS }, () => connect(port, "127.0.0.1"));
    for (const socket of sockets) socket.on("error", () => undefined).resume();
    await eventually(
      async () => assert.ok(((await refused("too_many")) ?? 0) - before > MAX_CONNECTIONS / 2),
      patience,
    );
    await eventually(() => assert.ok(sockets.filter(({ closed }) => closed).length > MAX_CONNECTIONS / 2), patience);
    assert.equal(await postLogs(), 200, "the other port has connections of its own");
    session.destroy();
    for (const socket of sockets) socket.destroy();
    const sender = createNumberSender(`127.0.0.1:${port}`, system.ingestKey, "after");
    await eventually(() => sender.send.logs(0, AbortSignal.timeout(5000)), patience);
    sender.close();
  });
});

/** Sends a flood over one connection after the other until its time is over. Reads nothing of what is answered. */
async function floodOver(port: number, flood: Flood): Promise<void> {
  const endsAt = performance.now() + FLOOD_MS;
  while (performance.now() < endsAt) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    await Promise.race([once(socket, "connect"), once(socket, "close")]);
    socket.write(opening);
    for (let turn = 0; !socket.destroyed && performance.now() < endsAt; turn++) await written(socket, flood(turn));
    socket.destroy();
  }
}

/** Resolves when the system has taken the bytes, or the connection is over, or the other side takes no more for a while. */
async function written(socket: Socket, bytes: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    socket.destroy();
    resolve();
  }, 500);
  socket.once("close", resolve);
  socket.write(bytes, () => resolve());
  await promise;
  clearTimeout(timer);
  socket.off("close", resolve);
}
