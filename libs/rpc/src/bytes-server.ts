import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { HealthCheckRequest, HealthCheckResponse, HealthService } from "@sightline/proto/grpc/health/v1/health";
import { isMisbehaviour } from "@sightline/service/http2-cleartext";
import { type DoorWatch, listenOn } from "@sightline/service/listening";
import { createBufferPool } from "./buffer-pool.ts";
import {
  type Admitted,
  type BytesCall,
  type MessageInflater,
  type Outcome,
  refuse,
  replyHeaders,
  serveCall,
} from "./bytes-call.ts";
import { failureTrailers } from "./grpc-headers.ts";
import { createHealth } from "./health.ts";
import type { RpcDurations, RpcLog } from "./server.ts";
import { keepSession } from "./session-keeping.ts";

export interface BytesServerOptions<T> {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: RpcLog;
  /** Longest request, before and after decompression. */
  readonly maxReceiveBytes: number;
  /** Calls at the same time on one connection. Default 250. */
  readonly maxConcurrentStreams?: number;
  /** After this a connection is asked to be made anew, so that load spreads over replicas. Default 30 minutes. */
  readonly maxConnectionAgeMs?: number;
  /** What a call whose caller set no deadline, or a longer one, may take. Default 60 000. */
  readonly maxDurationMs?: number;
  readonly metrics?: RpcDurations;
  /** What requests may be compressed with (`grpc-encoding`), besides not at all. */
  readonly inflater: MessageInflater;
  /** Asked before a call's request is read: who calls, by its headers. Throws an AppError to refuse it. */
  admit(header: (name: string) => string | undefined, path: string): Promise<Admitted<T>>;
  /** What the health service asks before it says "serving". */
  readonly health?: () => Promise<boolean>;
  /** Connections at a time; what is beyond is closed at once. Default: as many as the system gives. */
  readonly maxConnections?: number;
  readonly watch?: DoorWatch;
}

/** A gRPC server of unary methods whose requests and answers stay bytes. */
export interface BytesServer<T> {
  /** Adds a method by its path, /package.Service/Method; before `listen`. */
  add(path: string, handle: (call: BytesCall<T>) => Promise<Uint8Array>): void;
  /**
   * Starts to take calls; returns the port.
   *
   * @throws AppError failed_precondition when the address cannot be had
   */
  listen(): Promise<number>;
  /** Takes no new calls, lets those under way finish until the time is over, then cuts off. Safe to call twice. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * What a client may send before it is read, of one call and of all calls of a connection. A caller that is not let in can
 * make the server hold the product of the first and the number of streams.
 */
const STREAM_WINDOW_BYTES = 256 * 1024;
const CONNECTION_WINDOW_BYTES = 4 * 1024 * 1024;
const MAX_STREAMS = 250;
/** Memory of messages that is kept for the next ones. */
const POOL_BYTES = 32 * 1024 * 1024;
const HEALTH_CHECK = HealthService.check.path;

const UNWATCHED: DoorWatch = { failed: () => undefined, refused: () => undefined };

type Handle<T> = (call: BytesCall<T>) => Promise<Uint8Array>;

/**
 * The server. In the place of grpc-js where most bytes come in: that copies each message into memory of its own, whose
 * collection cost as much as all other work, and lets a connection carry no more than 64 KiB in a round trip
 * (grpc-node#3058).
 */
export function createBytesServer<T>(options: BytesServerOptions<T>): BytesServer<T> {
  const { maxConcurrentStreams = MAX_STREAMS, maxConnectionAgeMs = 30 * 60_000, watch = UNWATCHED } = options;
  const settings = { maxConcurrentStreams, initialWindowSize: STREAM_WINDOW_BYTES };
  const server = createServer({ settings });
  const sessions = new Set<ServerHttp2Session>();
  const methods = new Map<string, Handle<T>>();
  const health = createHealth(options.health);
  const pool = createBufferPool(POOL_BYTES);
  const reply = replyHeaders(options.inflater);
  let closing: Promise<void> | undefined;

  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.on("error", (error) => {
      if (isMisbehaviour(error)) watch.refused("misbehaved");
      session.destroy();
    });
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    keepSession(session, { maxAgeMs: maxConnectionAgeMs });
  });
  server.on("stream", (stream, headers) => {
    const path = textOf(headers[constants.HTTP2_HEADER_PATH]) ?? "";
    const startedAt = performance.now();
    const handle = methods.get(path);
    const known = handle !== undefined;
    if (!isGrpc(stream, headers)) {
      measure(options, { path, startedAt, outcome: { code: "invalid_argument" }, known });
      return;
    }
    const { maxReceiveBytes, maxDurationMs = 60_000, inflater } = options;
    const common = { headers, maxReceiveBytes, maxDurationMs, pool, inflater, reply };
    const header = (name: string) => textOf(headers[name]);
    const served = known
      ? serveCall(stream, { ...common, handle, admit: () => options.admit(header, path) })
      : path === HEALTH_CHECK
        ? serveCall(stream, { ...common, handle: checkHealth, admit: admitAnybody })
        : refuseUnknown(stream, reply, path);
    void served.then((outcome) => measure(options, { path, startedAt, outcome, known }));
  });

  const checkHealth = async ({ body }: Pick<BytesCall<unknown>, "body">) => {
    const { service } = HealthCheckRequest.decode(body);
    const status = await health.check(service);
    if (status !== undefined) return HealthCheckResponse.encode({ status }).finish();
    throw new AppError("not_found", `cannot tell the health of ${service.slice(0, 200)}: no such service here`);
  };

  return {
    add: (path, handle) => {
      health.add(path.slice(1, path.lastIndexOf("/")));
      methods.set(path, handle);
    },
    listen: async () => {
      const { host, port, maxConnections } = options;
      const listening = await listenOn(server, { host, port, name: "gRPC", maxConnections, watch });
      health.start();
      return listening;
    },
    close: (deadlineMs) => {
      closing ??= (async () => {
        health.stop();
        const { promise: closed, resolve } = Promise.withResolvers<void>();
        server.close(() => resolve());
        for (const session of sessions) session.close();
        const timer = setTimeout(() => {
          for (const session of sessions) session.destroy();
        }, deadlineMs);
        await closed;
        clearTimeout(timer);
      })();
      return closing;
    },
  };
}

/** Not what looks alike and is framed or written in another way: gRPC-Web, gRPC of JSON. */
const GRPC_OF_PROTOBUF = /^application\/grpc(?:\+proto)?\s*(?:;|$)/i;

/** Turns away what is no gRPC, as the protocol has it: by HTTP status. */
function isGrpc(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
  const type = textOf(headers[constants.HTTP2_HEADER_CONTENT_TYPE]) ?? "";
  const status =
    headers[constants.HTTP2_HEADER_METHOD] !== "POST" ? 405 : GRPC_OF_PROTOBUF.test(type) ? undefined : 415;
  if (status === undefined) return true;
  stream.on("error", () => undefined);
  stream.respond({ [constants.HTTP2_HEADER_STATUS]: status }, { endStream: true });
  stream.close(constants.NGHTTP2_NO_ERROR);
  return false;
}

async function admitAnybody(): Promise<Admitted<undefined>> {
  return { caller: undefined, reserve: () => () => undefined };
}

async function refuseUnknown(stream: ServerHttp2Stream, reply: OutgoingHttpHeaders, path: string): Promise<Outcome> {
  stream.on("error", () => undefined);
  const error = new AppError("unimplemented", `cannot serve the call: no method ${path.slice(0, 200)} here`);
  refuse(stream, reply, failureTrailers(error));
  return { code: error.code };
}

/** Codes that are our own defects. */
const DEFECTS: ReadonlySet<ErrorCode | "ok"> = new Set(["internal", "data_loss"]);

interface Measured {
  readonly path: string;
  readonly startedAt: number;
  readonly outcome: Outcome;
  /** Whether it is a method of ours: names that callers make up are not kept. */
  readonly known: boolean;
}

function measure(
  { log, metrics }: Pick<BytesServerOptions<unknown>, "log" | "metrics">,
  { path, startedAt, outcome, known }: Measured,
): void {
  if (!known) return;
  const method = path.slice(1);
  metrics?.observe({ method, code: outcome.code }, (performance.now() - startedAt) / 1000);
  if (DEFECTS.has(outcome.code)) log.error({ method, err: outcome.thrown }, "a call failed on our side");
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
