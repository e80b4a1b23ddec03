import type { Server } from "node:http";
import { createServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";

/** Answers requests of HTTP/2. */
export type Http2Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

export interface Http2Options {
  /** What a connection may take to say which protocol it speaks. */
  readonly headersTimeoutMs: number;
  /** What a whole exchange may take. */
  readonly requestTimeoutMs: number;
  /** Requests at a time on one connection. Default 100. */
  readonly maxStreams?: number | undefined;
  /** Told of connections that were ended for breaking the protocol or flooding it. */
  onMisbehaviour(): void;
}

/** Takes a connection, from the preface of HTTP/2 on. Whoever takes it ends it. */
export type Http2Taker = (socket: Socket) => void;

/** The connections that an HTTP/1.1 server does not know of. */
export interface Http2Door {
  /** Takes no new requests; those under way may finish. */
  close(): void;
  /** Cuts off what is left. */
  destroy(): void;
}

/** What every HTTP/2 connection begins with (RFC 9113 §3.4), as far as no method of HTTP/1.1 does. */
const PREFACE = "PRI";

/** A connection without streams is closed after this. */
const IDLE_MS = 60_000;

/**
 * Lets a server of HTTP/1.1 take HTTP/2 without TLS on the same port, from clients that know beforehand that it can
 * (RFC 9113 §3.3). The first bytes of a connection tell which of the two it is.
 */
export function alsoServeHttp2(server: Server, app: Http2Listener, options: Http2Options): Http2Door {
  const { headersTimeoutMs, requestTimeoutMs, maxStreams = 100 } = options;
  const http2 = createServer({ settings: { maxConcurrentStreams: maxStreams } }, (request, response) => {
    const timer = setTimeout(() => response.stream.close(), requestTimeoutMs);
    response.once("close", () => clearTimeout(timer));
    app(request, response);
  });
  const sessions = new Set<ServerHttp2Session>();
  http2.on("session", (session) => {
    sessions.add(session);
    session.setTimeout(IDLE_MS, () => session.close());
    session.once("close", () => sessions.delete(session));
  });
  // A connection that breaks is its client's affair.
  http2.on("sessionError", (error, session) => {
    if (isMisbehaviour(error)) options.onMisbehaviour();
    session.destroy();
  });

  const undecided = tellApart(server, headersTimeoutMs, (socket) => http2.emit("connection", socket));
  return {
    close: () => {
      for (const socket of undecided) socket.destroy();
      for (const session of sessions) session.close();
    },
    destroy: () => {
      for (const session of sessions) session.destroy();
    },
  };
}

/** Lets a server of HTTP/1.1 give the connections of HTTP/2 without TLS that come to its port to somebody else. */
export function handOverHttp2(server: Server, take: Http2Taker, headersTimeoutMs: number): Http2Door {
  const taken = new Set<Socket>();
  const undecided = tellApart(server, headersTimeoutMs, (socket) => {
    taken.add(socket);
    socket.once("close", () => taken.delete(socket));
    take(socket);
  });
  return {
    close: () => {
      for (const socket of undecided) socket.destroy();
    },
    destroy: () => {
      for (const socket of taken) socket.destroy();
    },
  };
}

/** Gives connections of HTTP/2 to `onHttp2` and all others to the server. Returns those of which neither is known yet. */
function tellApart(server: Server, headersTimeoutMs: number, onHttp2: Http2Taker): ReadonlySet<Socket> {
  const undecided = new Set<Socket>();
  const [onHttp1] = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    undecided.add(socket);
    firstBytes(socket, headersTimeoutMs, (head) => {
      undecided.delete(socket);
      if (head === undefined) {
        socket.destroy();
        return;
      }
      socket.unshift(head);
      if (head.toString("latin1").startsWith(PREFACE)) onHttp2(socket);
      else if (onHttp1 !== undefined) Reflect.apply(onHttp1, server, [socket]);
    });
  });
  return undecided;
}

/** Whether a session was ended for what its client did; a connection that breaks may be anybody's fault. */
export function isMisbehaviour(error: Error): boolean {
  return "code" in error && String(error.code).startsWith("ERR_HTTP2_");
}

/** Reads as little as tells the protocols apart; undefined when the connection ends or is silent for too long. */
function firstBytes(socket: Socket, timeoutMs: number, done: (head: Buffer | undefined) => void): void {
  let head = Buffer.alloc(0);
  const finish = (result: Buffer | undefined): void => {
    clearTimeout(timer);
    socket.off("readable", onReadable);
    socket.off("end", onEnd);
    socket.off("close", onEnd);
    socket.off("error", onEnd);
    done(result);
  };
  const onEnd = (): void => finish(undefined);
  const onReadable = (): void => {
    const chunk: unknown = socket.read();
    if (!Buffer.isBuffer(chunk)) return;
    head = Buffer.concat([head, chunk]);
    if (head.length >= PREFACE.length || !PREFACE.startsWith(head.toString("latin1"))) finish(head);
  };
  const timer = setTimeout(onEnd, timeoutMs);
  socket.on("readable", onReadable);
  socket.on("end", onEnd);
  socket.on("close", onEnd);
  socket.on("error", onEnd);
}
