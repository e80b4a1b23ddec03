import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authenticate } from "../auth/authenticate.ts";
import type { Caller } from "../auth/caller.ts";
import type { FanOut } from "./fan-out.ts";
import { clientMessage, createSubscription } from "./subscription.ts";
import { createViewer } from "./viewer.ts";
import { watchOver } from "./watch-over.ts";

export interface StreamOptions {
  readonly path: string;
  readonly authenticate: Authenticate;
  readonly fanOut: FanOut;
  /** Resolves once what passes from now on reaches the fan-out, for every stream that is watched. */
  heard(): Promise<void>;
  /** A viewer with more than this waiting to be sent drops messages. */
  readonly maxBufferedBytes: number;
  readonly maxViewers: number;
  readonly maxSubscriptionsPerViewer: number;
  /** How often viewers are pinged and their login or key is checked again. */
  readonly pingIntervalMs: number;
  /** Counts messages that a slow viewer missed. */
  dropped(count: number): void;
  /** Told how many viewers there are whenever that changes. */
  viewers(count: number): void;
}

export interface Stream {
  /** Says goodbye to everybody and cuts off who does not leave within a second. */
  close(): Promise<void>;
}

const goodbyeMs = 1000;

/** Serves the WebSocket of live events and logs on an HTTP server. */
export function serveStream(server: Server, options: StreamOptions): Stream {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  /** Connections that are not let in yet. */
  const arriving = new Set<Duplex>();
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has taken its own listener off, and an error that nobody hears would end the process.
    const onError = () => socket.destroy();
    socket.on("error", onError);
    socket.once("close", () => arriving.delete(socket));
    admit(request, options, sockets.clients.size + arriving.size).then(
      (caller) =>
        sockets.handleUpgrade(request, socket, head, (viewer) => {
          socket.off("error", onError);
          arriving.delete(socket);
          options.viewers(sockets.clients.size);
          viewer.once("close", () => options.viewers(sockets.clients.size));
          attend(viewer, caller, options);
          watchOver(viewer, { intervalMs: options.pingIntervalMs, allowed: () => mayStay(request, caller, options) });
        }),
      (thrown: unknown) => refuse(socket, AppError.from(thrown)),
    );
    arriving.add(socket);
  };
  server.on("upgrade", onUpgrade);
  return {
    close: async () => {
      server.off("upgrade", onUpgrade);
      for (const socket of arriving) socket.destroy();
      for (const socket of sockets.clients) socket.close(1001, "the gateway is stopping");
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      sockets.close(() => resolve());
      const cutOff = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, goodbyeMs);
      await closed;
      clearTimeout(cutOff);
    },
  };
}

async function admit(request: IncomingMessage, options: StreamOptions, viewers: number): Promise<Caller> {
  const pathname = URL.parse(request.url ?? "/", "http://gateway")?.pathname;
  if (pathname !== options.path) throw new AppError("not_found", `cannot open a stream there: want ${options.path}`);
  if (viewers >= options.maxViewers) {
    throw new AppError("resource_exhausted", `cannot open another stream: ${options.maxViewers} are open`);
  }
  const caller = await options.authenticate(request.headers);
  const { origin, host } = request.headers;
  // Browsers send our cookie along for pages of others too; what they cannot do is lie about the origin.
  if (caller.byCookie && URL.parse(origin ?? "")?.host !== host) {
    throw new AppError("permission_denied", `cannot open a stream from another site: got origin ${origin}`);
  }
  return caller;
}

/** Whether who opened a stream would be let in again; while that cannot be found out, yes. */
async function mayStay(
  { headers }: IncomingMessage,
  caller: Caller,
  { authenticate }: StreamOptions,
): Promise<boolean> {
  try {
    return (await authenticate(headers)).tenant === caller.tenant;
  } catch (thrown) {
    const { code } = AppError.from(thrown);
    return code !== "unauthenticated" && code !== "permission_denied";
  }
}

function refuse(socket: Duplex, error: AppError): void {
  const { http } = WIRE_CODES[error.code];
  const body = JSON.stringify({ error: { code: error.code, message: error.message } });
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${http} Refused\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function attend(socket: WebSocket, caller: Caller, options: StreamOptions): void {
  const closers = new Map<string, () => void>();
  const say = (message: object) => socket.send(JSON.stringify(message));
  const viewerOf = (id: string) => {
    const { maxBufferedBytes, dropped } = options;
    return createViewer(socket, { tenant: caller.tenant, id, maxBufferedBytes, dropped });
  };

  const subscribe = (text: string) => {
    const parsed = clientMessage.safeParse(parseJson(text));
    if (!parsed.success) {
      say({ error: "cannot read the message: want {subscribe: {id, stream, filters}} or {unsubscribe: {id}}" });
      return;
    }
    if ("unsubscribe" in parsed.data) {
      const { id } = parsed.data.unsubscribe;
      closers.get(id)?.();
      closers.delete(id);
      return;
    }
    const wanted = parsed.data.subscribe;
    if (!closers.has(wanted.id) && closers.size >= options.maxSubscriptionsPerViewer) {
      say({
        id: wanted.id,
        error: `cannot subscribe: want at most ${options.maxSubscriptionsPerViewer} subscriptions`,
      });
      return;
    }
    try {
      const subscription = createSubscription(wanted);
      const close = options.fanOut.add(viewerOf(wanted.id), subscription);
      closers.get(wanted.id)?.();
      closers.set(wanted.id, close);
      options.heard().then(
        () => {
          if (closers.get(wanted.id) === close) say({ id: wanted.id, subscribed: wanted.stream });
        },
        (thrown: unknown) => say({ id: wanted.id, error: AppError.from(thrown).message }),
      );
    } catch (thrown) {
      say({ id: wanted.id, error: AppError.from(thrown).message });
    }
  };

  socket.on("message", (data, isBinary) => {
    // Who asks without end and never reads the answers would make us keep them.
    if (socket.bufferedAmount > options.maxBufferedBytes) socket.terminate();
    else if (!isBinary) subscribe(String(data));
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    for (const close of closers.values()) close();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
