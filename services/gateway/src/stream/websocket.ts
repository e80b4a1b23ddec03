import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authenticate } from "../auth/authenticate.ts";
import type { Caller } from "../auth/caller.ts";
import type { ErrorAnswer } from "../http/send-error-answer.ts";
import { watchOver } from "./watch-over.ts";

/** What WebSockets of one path are for. */
export interface StreamDoor {
  readonly path: string;
  /**
   * Looks at what is asked for while it can still be refused, by throwing an AppError, and answers who serves the WebSocket. That one closes
   * it on errors, and gives back what it holds when it is closed.
   */
  open(request: StreamRequest): (socket: WebSocket) => void;
  /** How a request that is refused is answered. */
  refusal(error: AppError): ErrorAnswer;
}

/** A request for a WebSocket. */
export interface StreamRequest {
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly caller: Caller;
}

export interface StreamOptions {
  readonly doors: readonly StreamDoor[];
  readonly authenticate: Authenticate;
  readonly maxViewers: number;
  /** How often viewers are pinged and their login or key is checked again. */
  readonly pingIntervalMs: number;
  /** Told how many viewers there are whenever that changes. */
  viewers(count: number): void;
}

export interface Stream {
  /** Says goodbye to everybody and cuts off who does not leave within a second. */
  close(): Promise<void>;
}

const goodbyeMs = 1000;

/** Serves the WebSockets of an HTTP server. */
export function serveStreams(server: Server, options: StreamOptions): Stream {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  /** Connections that are not let in yet. */
  const arriving = new Set<Duplex>();
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has taken its own listener off, and an error that nobody hears would end the process.
    const onError = () => socket.destroy();
    socket.on("error", onError);
    socket.once("close", () => arriving.delete(socket));
    const url = URL.parse(request.url ?? "/", "http://gateway");
    const door = options.doors.find(({ path }) => path === url?.pathname);
    admit({ request, url, door }, options, sockets.clients.size + arriving.size).then(
      ({ caller, serve }) =>
        sockets.handleUpgrade(request, socket, head, (viewer) => {
          socket.off("error", onError);
          arriving.delete(socket);
          options.viewers(sockets.clients.size);
          viewer.once("close", () => options.viewers(sockets.clients.size));
          viewer.on("error", () => viewer.terminate());
          serve(viewer);
          watchOver(viewer, { intervalMs: options.pingIntervalMs, allowed: () => mayStay(request, caller, options) });
        }),
      (thrown: unknown) => refuse(socket, (door?.refusal ?? jsonRefusal)(AppError.from(thrown))),
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

interface Arrival {
  readonly request: IncomingMessage;
  readonly url: URL | null;
  readonly door: StreamDoor | undefined;
}

async function admit({ request, url, door }: Arrival, options: StreamOptions, viewers: number) {
  if (url === null || door === undefined) {
    const paths = options.doors.map(({ path }) => path).join(" or ");
    throw new AppError("not_found", `cannot open a stream there: want ${paths}`);
  }
  if (viewers >= options.maxViewers) {
    throw new AppError("resource_exhausted", `cannot open another stream: ${options.maxViewers} are open`);
  }
  const { headers } = request;
  const caller = await options.authenticate(headers);
  const { origin, host } = headers;
  // Browsers send our cookie along for pages of others too; what they cannot do is lie about the origin.
  if (caller.byCookie && URL.parse(origin ?? "")?.host !== host) {
    throw new AppError("permission_denied", `cannot open a stream from another site: got origin ${origin}`);
  }
  return { caller, serve: door.open({ url, headers, caller }) };
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

/** A refusal as the REST interface words it. */
export function jsonRefusal({ code, message }: AppError): ErrorAnswer {
  const text = JSON.stringify({ error: { code, message } });
  return { status: WIRE_CODES[code].http, contentType: "application/json", text };
}

function refuse(socket: Duplex, { status, contentType, text }: ErrorAnswer): void {
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: ${contentType}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
