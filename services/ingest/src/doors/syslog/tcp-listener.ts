import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type DoorWatch, listenOn } from "@sightline/service/listening";
import type { SyslogListener } from "./config.ts";
import type { Delivery } from "./delivery.ts";
import { createFrames, type Framed } from "./frames.ts";
import { createSources } from "./sources.ts";

/** A port that is listened on. */
export interface OpenPort {
  readonly port: number;
  /** Stops listening, lets what was read be stored, and ends the connections. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly listener: SyslogListener;
  readonly host: string;
  readonly delivery: Delivery;
  readonly watch: DoorWatch;
}

/**
 * What of one connection may be on its way to the bus. Beyond it the connection is not read, so that its sender waits:
 * syslog over TCP knows no other way to say "slower".
 */
const WINDOW_BYTES = 256 * 1024;
/** What a message takes besides its bytes. */
const OVERHEAD_BYTES = 128;
const KEEP_ALIVE_MS = 60_000;
const HANDSHAKE_MS = 10_000;

/** Listens to syslog over TCP (RFC 6587) or TLS (RFC 5425). */
export async function listenTcp({ listener, host, delivery, watch }: ListenerOptions): Promise<OpenPort> {
  const isAllowed = createSources(listener.allowFrom);
  const connections = new Map<Socket, Promise<void>>();
  let closing = false;
  const server = createStreamServer(listener, (socket) => {
    socket.on("error", () => socket.destroy());
    if (closing || !isAllowed(socket.remoteAddress ?? "")) {
      if (!closing) delivery.dropped("not_allowed", 1);
      socket.destroy();
      return;
    }
    connections.set(
      socket,
      readConnection(socket, { listener, delivery }).finally(() => connections.delete(socket)),
    );
  });
  server.on("drop", () => delivery.dropped("too_many_connections", 1));
  const { maxConnections } = listener;
  const port = await listenOn(server, { host, port: listener.port, name: "syslog", maxConnections, watch });
  return {
    port,
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections.keys()) socket.destroy();
      await Promise.all(connections.values());
      await closed;
    },
  };
}

function createStreamServer({ tls }: SyslogListener, onSocket: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, onSocket);
  const { certFile, keyFile, clientCaFile } = tls;
  const clients = clientCaFile === undefined ? {} : { ca: readFileSync(clientCaFile), requestCert: true };
  const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const server = createTlsServer({ ...pair, ...clients, handshakeTimeout: HANDSHAKE_MS }, onSocket);
  // A handshake that fails is its sender's concern.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return server;
}

/** Reads a connection to its end. Never rejects. */
async function readConnection(
  socket: Socket,
  { listener, delivery }: Pick<ListenerOptions, "listener" | "delivery">,
): Promise<void> {
  const frames = createFrames(listener.maxMessageBytes);
  const onWay = new Set<Promise<void>>();
  let bytesOnWay = 0;
  const send = (framed: Framed, bytes: number): void => {
    if (framed.tooLong > 0) delivery.dropped("too_long", framed.tooLong);
    bytesOnWay += bytes;
    const delivered = delivery.deliver(framed.messages).then(() => {
      bytesOnWay -= bytes;
      onWay.delete(delivered);
    });
    onWay.add(delivered);
  };
  socket.setTimeout(listener.idleTimeoutMs, () => socket.end());
  try {
    for await (const chunk of socket) {
      if (!Buffer.isBuffer(chunk)) continue;
      const framed = frames.push(chunk);
      send(framed, chunk.length + framed.messages.length * OVERHEAD_BYTES);
      while (bytesOnWay > WINDOW_BYTES) await Promise.race(onWay);
    }
    send(frames.end(), 0);
  } catch {
    // The connection broke: what it was in the middle of is no message.
    socket.destroy();
  }
  await Promise.all(onWay);
}
