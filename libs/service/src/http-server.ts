import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Deps } from "./deps.ts";
import {
  alsoServeHttp2,
  type Http2Door,
  type Http2Listener,
  type Http2Options,
  type Http2Taker,
  handOverHttp2,
} from "./http2-cleartext.ts";
import { listenOn, watchDoor } from "./listening.ts";

export interface ListenOptions extends Pick<Deps, "lifecycle" | "log" | "metrics"> {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Names the door in errors, metrics and in the lifecycle. */
  readonly name: string;
  /** What requests under way get to finish when stopping. Default 5000. */
  readonly drainMs?: number;
  /** What a whole request may take to arrive. Default 60000. */
  readonly requestTimeoutMs?: number;
  /** Answers HTTP/2 without TLS, on the same port. Default: only HTTP/1.1 is spoken. */
  readonly http2?: Http2Listener;
  /** Takes connections of HTTP/2 without TLS, in place of `http2`, and ends them before the door closes. */
  readonly takeHttp2?: Http2Taker;
  /** Connections at a time; what is beyond is closed at once. Default: as many as the system gives. */
  readonly maxConnections?: number;
  /** Requests at a time on one connection of HTTP/2. Default 100. */
  readonly maxStreams?: number;
}

/**
 * How long a connection is kept between two requests: longer than the minute at which many programs send, since each that
 * finds its connection closed under its hands loses a request.
 */
const KEEP_ALIVE_MS = 75_000;

/** What a connection may take to send the head of a request. */
const HEADERS_TIMEOUT_MS = 15_000;

export interface HttpDoor {
  /** The port that is listened on. */
  readonly port: number;
  /** For what rides on the same port, such as WebSocket upgrades. */
  readonly server: Server;
}

/**
 * Serves HTTP until the lifecycle stops: then no new connection is taken, requests under way may finish until the
 * drain time is over, each answer saying that it is the last of its connection, and what is left is cut off.
 *
 * @throws AppError failed_precondition when the address cannot be had
 */
export async function listenHttp(app: RequestListener, options: ListenOptions): Promise<HttpDoor> {
  const { host, lifecycle, name, drainMs = 5000, requestTimeoutMs = 60_000, maxConnections, maxStreams } = options;
  const headersTimeoutMs = Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs);
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: headersTimeoutMs, keepAliveTimeout: KEEP_ALIVE_MS },
    app,
  );
  const sayLast = watchAnswers(server);
  const watch = watchDoor(options, name);
  const http2 = http2Door(server, options, {
    ...{ headersTimeoutMs, requestTimeoutMs, maxStreams },
    onMisbehaviour: () => watch.refused("misbehaved"),
  });
  const port = await listenOn(server, { host, port: options.port, name, maxConnections, watch });
  lifecycle.push(name, () => {
    sayLast();
    return closeHttp(server, drainMs, http2);
  });
  return { port, server };
}

function http2Door(
  server: Server,
  { http2, takeHttp2 }: Pick<ListenOptions, "http2" | "takeHttp2">,
  bounds: Http2Options,
): Http2Door | undefined {
  if (takeHttp2 !== undefined) return handOverHttp2(server, takeHttp2, bounds.headersTimeoutMs);
  return http2 === undefined ? undefined : alsoServeHttp2(server, http2, bounds);
}

/**
 * Knows which answers are under way.
 *
 * @returns makes these and all later ones say `Connection: close`, so that nobody sends another request over a
 * connection that is about to end
 */
function watchAnswers(server: Server): () => void {
  const underWay = new Set<ServerResponse>();
  let closing = false;
  server.prependListener("request", (_request, response) => {
    if (closing) response.shouldKeepAlive = false;
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
  });
  return () => {
    closing = true;
    for (const response of underWay) response.shouldKeepAlive = false;
  };
}

async function closeHttp(server: Server, drainMs: number, http2?: Http2Door): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  http2?.close();
  // A connection that is kept alive becomes idle only when its last answer is out.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cutOff = setTimeout(() => {
    server.closeAllConnections();
    http2?.destroy();
  }, drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cutOff);
}
