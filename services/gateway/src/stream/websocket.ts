import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authenticate } from "../auth/authenticate.ts";
import type { Caller } from "../auth/caller.ts";
import type { FanOut } from "./fan-out.ts";
import { clientMessage, createSubscription } from "./subscription.ts";

export interface StreamOptions {
  readonly path: string;
  readonly authenticate: Authenticate;
  readonly fanOut: FanOut;
  /** A viewer with more than this waiting to be sent drops messages. */
  readonly maxBufferedBytes: number;
  readonly maxViewers: number;
  readonly maxSubscriptionsPerViewer: number;
  /** Viewers that do not answer a ping for two such times are disconnected. */
  readonly pingIntervalMs: number;
  /** Counts messages that a slow viewer missed. */
  dropped(count: number): void;
  /** Told how many viewers there are whenever that changes. */
  viewers(count: number): void;
}

export interface Stream {
  close(): void;
}

/** Serves the WebSocket of live events and logs on an HTTP server. */
export function serveStream(server: Server, options: StreamOptions): Stream {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    admit(request, options, sockets.clients.size).then(
      (caller) =>
        sockets.handleUpgrade(request, socket, head, (viewer) => {
          alive.add(viewer);
          options.viewers(sockets.clients.size);
          viewer.once("close", () => options.viewers(sockets.clients.size));
          attend(viewer, caller, options);
        }),
      (thrown: unknown) => refuse(socket, AppError.from(thrown)),
    );
  };
  server.on("upgrade", onUpgrade);
  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.once("pong", () => alive.add(socket)).ping();
    }
  }, options.pingIntervalMs);
  return {
    close: () => {
      clearInterval(pings);
      server.off("upgrade", onUpgrade);
      for (const socket of sockets.clients) socket.close(1001, "the gateway is stopping");
      sockets.close();
    },
  };
}

async function admit(request: IncomingMessage, options: StreamOptions, viewers: number): Promise<Caller> {
  const { pathname } = new URL(request.url ?? "/", "http://gateway");
  if (pathname !== options.path) throw new AppError("not_found", `cannot open ${pathname}: want ${options.path}`);
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

function refuse(socket: Duplex, error: AppError): void {
  const { http } = WIRE_CODES[error.code];
  const body = JSON.stringify({ error: { code: error.code, message: error.message } });
  socket.end(
    `HTTP/1.1 ${http} Refused\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function attend(socket: WebSocket, caller: Caller, options: StreamOptions): void {
  const closers = new Map<string, () => void>();
  const say = (message: object) => socket.send(JSON.stringify(message));

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
      closers.get(wanted.id)?.();
      closers.set(wanted.id, options.fanOut.add(createViewer(wanted.id), subscription));
      say({ id: wanted.id, subscribed: wanted.stream });
    } catch (thrown) {
      say({ id: wanted.id, error: AppError.from(thrown).message });
    }
  };

  const createViewer = (id: string) => {
    let missed = 0;
    return {
      tenant: caller.tenant,
      send: (message: object) => {
        if (socket.bufferedAmount > options.maxBufferedBytes) {
          missed += 1;
          options.dropped(1);
          return;
        }
        if (missed > 0) {
          say({ id, dropped: missed });
          missed = 0;
        }
        say(message);
      },
    };
  };

  socket.on("message", (data, isBinary) => {
    if (!isBinary) subscribe(String(data));
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
