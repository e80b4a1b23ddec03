import { lookup } from "node:dns/promises";
import { createConnection, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import type { ConnectionOptions, Server, Transport, TransportFactory } from "@nats-io/transport-node";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { z } from "zod";
import { createIncoming, type Incoming } from "./incoming.ts";

/**
 * How the NATS client reaches its servers: in place of its own transport, for the sake of what it costs to read large
 * messages (see `frames.ts`). Everything above the socket, reconnecting included, stays the client's.
 */
export const transportFactory: TransportFactory = {
  factory: createTransport,
  dnsResolveFn: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
};

/** One connection to one server; the client makes a new one to reconnect. */
function createTransport(): Transport {
  const incoming = createIncoming();
  const closed = Promise.withResolvers<undefined | Error>();
  let socket: Socket | undefined;
  let state: "connecting" | "open" | "closed" = "connecting";

  /** The client is told only of the end of a connection that it had, and that it did not give up itself. */
  const end = (error?: Error, tell = true) => {
    const wasOpen = state === "open";
    state = "closed";
    socket?.destroy();
    incoming.end();
    if (!wasOpen || !tell) return;
    if (error !== undefined) transport.closeError = error;
    closed.resolve(error);
  };

  const connect = async (server: Server, options: ConnectionOptions): Promise<void> => {
    try {
      socket = dial(server, incoming);
      if (wantsTls(await incoming.first(), options)) socket = await startTls(socket, server, incoming);
    } catch (thrown) {
      socket?.destroy();
      throw thrown;
    }
    let broken: Error | undefined;
    socket.on("error", (error) => {
      broken = error;
    });
    socket.on("close", () => end(broken));
    if (state === "closed") socket.destroy();
    else state = "open";
  };

  const transport: Transport & { closeError?: Error } = {
    lang: "javascript",
    version: "3",
    get isClosed() {
      return state === "closed";
    },
    connect,
    [Symbol.asyncIterator]: () => incoming.read(),
    isEncrypted: () => socket instanceof TLSSocket,
    send: (frame) => {
      // A failed write is told by the end of the socket or by heartbeats that are missing.
      if (state === "open") socket?.write(frame);
    },
    close: async (error) => end(error),
    disconnect: () => end(),
    closed: () => closed.promise,
    discard: () => end(undefined, false),
  };
  return transport;
}

/**
 * Begins to connect; what the server sends is read into the buffers of `incoming`, which fails when the connection ends
 * before anything has come.
 */
function dial({ hostname, port }: Server, incoming: Incoming): Socket {
  const onread = {
    buffer: () => incoming.space(),
    callback: (bytes: number) => orDestroy(socket, () => incoming.filled(bytes)),
  };
  const socket: Socket = createConnection({ host: hostname, port, onread, noDelay: true });
  let broken: Error = unavailable(`cannot connect to the bus: ${hostname}:${port} closed the connection`);
  // Listened to for as long as the socket lives: an error that nobody hears ends the process.
  socket.on("error", (error) => {
    broken = error;
  });
  socket.once("close", () => incoming.fail(broken));
  return socket;
}

/** What the server says first, as far as it matters here. */
const serverInfo = z.looseObject({ tls_required: z.boolean().optional(), tls_available: z.boolean().optional() });

/** Whether to go on encrypted: when the server demands it or we do. Throws when we do and it cannot. */
function wantsTls(first: Uint8Array, { tls }: ConnectionOptions): boolean {
  const json = /^INFO\s+(\{.*?\})\s*\r\n/i.exec(Buffer.from(first).toString())?.[1];
  if (json === undefined) throw new AppError("internal", "cannot connect to the bus: what answers is no NATS server");
  const { tls_required: required = false, tls_available: available = false } = serverInfo.parse(JSON.parse(json));
  if (tls && !required && !available) throw new AppError("internal", "cannot connect to the bus: it has no TLS");
  return required || (available && tls !== null && tls !== undefined);
}

/** Goes on encrypted over a connection that has been made. Addresses that are no names are sent as none (RFC 6066 §3). */
function startTls(socket: Socket, { tlsName, hostname }: Server, incoming: Incoming): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const encrypted = connectTls({ socket, host: hostname, servername: tlsName }, () => resolve(encrypted));
    encrypted.on("error", reject);
    encrypted.on("data", (bytes) => orDestroy(encrypted, () => incoming.put(bytes)));
  });
}

/** What cannot be read ends the connection; the client makes another. Answers whether to read on. */
function orDestroy(socket: Socket, read: () => void): boolean {
  try {
    read();
    return true;
  } catch (thrown) {
    socket.destroy(AppError.from(thrown));
    return false;
  }
}
