import type { Duplex } from "node:stream";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  logVerbosity,
  Server,
  ServerCredentials,
  type ServiceError,
  type StatusObject,
  type sendUnaryData,
  setLogVerbosity,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { codeFromGrpc } from "@sightline/errors/wire-codes";
import { HealthService } from "@sightline/proto/grpc/health/v1/health";
import type { CallOptions, RpcClient } from "./client.ts";
import type { Definition } from "./definition.ts";
import { type CallContext, unary } from "./handlers.ts";
import { createHealth } from "./health.ts";
import { serverStream } from "./streams.ts";

/** Where a defect of ours is written down. */
export interface RpcLog {
  error(fields: object, message: string): void;
}

/** Takes the duration of every call; a prom-client Histogram with these labels fits. */
export interface RpcDurations {
  observe(labels: { method: string; code: ErrorCode | "ok" }, seconds: number): void;
}

export interface GrpcServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: RpcLog;
  /** Longest request, after decompression. Default 16 MiB. */
  readonly maxReceiveBytes?: number;
  /** Calls at the same time on one connection. Default 1000. */
  readonly maxConcurrentStreams?: number;
  /** After this a connection is asked to be made anew, so that load spreads over replicas. Default 30 minutes. */
  readonly maxConnectionAgeMs?: number;
  readonly metrics?: RpcDurations;
  /** What the health service asks before it says "serving". */
  readonly health?: () => Promise<boolean>;
}

/** Handlers for each method of a definition: unary ones, and of those that answer with a stream. */
export type Handlers<Req, Res> = { readonly [K in keyof Req & keyof Res]: Handler<Req[K], Res[K]> };

type Handler<Req, Res> = handleUnaryCall<Req, Res> | handleServerStreamingCall<Req, Res>;

/** How a call is asked on. */
export interface ForwardedCall extends CallOptions {
  /** Who calls: takes the place of whatever a request says in its field `user_id`. */
  readonly userId: string;
}

/** Says for whom a call is asked on, and how long that may take; throws an AppError to refuse it. */
export type AdmitForwarded = (context: CallContext, method: string) => Promise<ForwardedCall>;

export interface GrpcServer {
  /** Adds a generated `XService` with its handlers; before `listen`. */
  addService<Req, Res>(definition: Definition<Req, Res>, handlers: Handlers<Req, Res>): void;
  /**
   * Adds a service whose calls are answered by asking another server of the same service; before `listen`. `admit` is
   * asked about each call with the method's generated name and says for whom it is, or throws.
   */
  forward<Req, Res>(definition: Definition<Req, Res>, client: RpcClient<Req, Res>, admit: AdmitForwarded): void;
  /**
   * Starts to take calls; returns the port.
   *
   * @throws AppError failed_precondition when the address cannot be had
   */
  listen(): Promise<number>;
  /** Serves a connection that somebody else has accepted: HTTP/2 without TLS, from its preface on. `close` ends it too. */
  takeConnection(socket: Duplex): void;
  /** Takes no new calls, lets those under way finish until the time is over, then cuts off. Safe to call twice. */
  close(deadlineMs: number): Promise<void>;
}

/** A gRPC server with the standard health service, limits, and a measure of every call. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  // What goes wrong is thrown or answered; grpc-js' own lines on standard error would only repeat it.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    "grpc.max_receive_message_length": options.maxReceiveBytes ?? 16 * 1024 * 1024,
    "grpc.max_concurrent_streams": options.maxConcurrentStreams ?? 1000,
    "grpc.max_connection_age_ms": options.maxConnectionAgeMs ?? 30 * 60_000,
    "grpc.max_connection_age_grace_ms": 30_000,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
  });
  const health = createHealth(options.health);
  server.addService(HealthService, health.service);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  let closing: Promise<void> | undefined;

  return {
    addService(definition, handlers) {
      const methods: Readonly<Record<string, Method>> = definition;
      const measured: UntypedServiceImplementation = {};
      for (const name of namesOf(handlers)) {
        const method = methods[name];
        if (method === undefined) continue;
        health.add(serviceOf(method));
        measured[name] = measure(method, handlers[name], options);
      }
      server.addService(definition, measured);
    },
    forward(definition, client, admit) {
      const methods: Readonly<Record<string, Method>> = definition;
      const forwarded: UntypedServiceImplementation = {};
      for (const name of namesOf(definition)) {
        const method = methods[name];
        if (method === undefined || !isMethod(definition, name)) continue;
        health.add(serviceOf(method));
        const handle = forwardTo(client, { method: name, isStream: method.responseStream }, admit);
        forwarded[name] = measure(method, handle, options);
      }
      server.addService(definition, forwarded);
    },
    async listen() {
      const port = await bind(server, options);
      health.start();
      return port;
    },
    takeConnection: (socket) => injector.injectConnection(socket),
    close(deadlineMs) {
      closing ??= (() => {
        health.stop();
        return shutDown(server, deadlineMs);
      })();
      return closing;
    },
  };
}

function bind(server: Server, { host, port }: GrpcServerOptions): Promise<number> {
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
    if (error === null) return resolve(bound);
    const reason = error.message.includes("EADDRINUSE")
      ? "the port is taken; stop what listens there or configure another"
      : error.message;
    reject(new AppError("failed_precondition", `cannot listen on ${address} for gRPC: ${reason}`, { cause: error }));
  });
  return promise;
}

async function shutDown(server: Server, deadlineMs: number): Promise<void> {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => server.forceShutdown(), deadlineMs);
  server.tryShutdown(() => resolve());
  await done;
  clearTimeout(timer);
}

/** A handler that asks another server of the same service. */
function forwardTo<Req, Res, K extends keyof Req & keyof Res & string>(
  client: RpcClient<Req, Res>,
  { method, isStream }: { readonly method: K; readonly isStream: boolean },
  admit: AdmitForwarded,
): Handler<Req[K], Res[K]> {
  if (isStream) {
    return serverStream(async function* (request, context) {
      const { userId, ...options } = await admit(context, method);
      yield* client.stream(method, asUser(request, userId), { signal: context.signal, ...options });
    });
  }
  return unary(async (request, context) => {
    const { userId, ...options } = await admit(context, method);
    return client.call(method, asUser(request, userId), { signal: context.signal, ...options });
  });
}

/** A request that says who sends it says who really does. */
function asUser<T>(request: T, userId: string): T {
  if (typeof request !== "object" || request === null || !("userId" in request)) return request;
  return { ...request, userId };
}

/** What is told of a method by its definition. */
interface Method {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly responseStream: boolean;
}

function serviceOf({ path }: Method): string {
  return path.slice(1, path.lastIndexOf("/"));
}

/** Which kind a handler is, grpc-js tells from the definition as well. */
function isUnary<Req, Res>(_handle: Handler<Req, Res>, method: Method): _handle is handleUnaryCall<Req, Res> {
  return !method.responseStream;
}

/** The handler, with its time measured and defects of ours logged. */
function measure<Req, Res>(
  method: Method,
  handle: Handler<Req, Res>,
  { log, metrics }: GrpcServerOptions,
): Handler<Req, Res> {
  const name = method.path.slice(1);
  const startTimer = () => {
    const startedAt = performance.now();
    return (error: Failure | null) => {
      const code = error === null ? undefined : (error.code ?? status.UNKNOWN);
      const seconds = (performance.now() - startedAt) / 1000;
      metrics?.observe({ method: name, code: code === undefined ? "ok" : codeFromGrpc(code) }, seconds);
      if (code === status.INTERNAL || code === status.UNKNOWN || code === status.DATA_LOSS) {
        const err = error instanceof Error ? (error.cause ?? error) : error;
        log.error({ method: name, err }, "a call failed on our side");
      }
    };
  };
  if (isUnary(handle, method)) {
    return (call, callback) => {
      const ended = startTimer();
      const done: sendUnaryData<Res> = (error, ...rest) => {
        ended(error);
        callback(error, ...rest);
      };
      handle(call, done);
    };
  }
  const streaming: handleServerStreamingCall<Req, Res> = (call) => {
    const ended = startTimer();
    let failure: Failure | null = null;
    call.on("error", (error: Failure) => {
      failure = error;
    });
    const onCancelled = () => ended({ code: status.CANCELLED });
    call.once("cancelled", onCancelled);
    call.once("finish", () => {
      call.off("cancelled", onCancelled);
      ended(failure);
    });
    handle(call);
  };
  return streaming;
}

/** As grpc-js has it: an Error, or a bare status. */
type Failure = Partial<ServiceError> | Partial<StatusObject>;

/** A definition has the same methods on both of its halves, which TypeScript cannot know. */
function isMethod<Req, Res>(
  definition: Definition<Req, Res>,
  name: keyof Req | keyof Res,
): name is keyof Req & keyof Res {
  return name in definition;
}

function namesOf<T extends object>(value: T): Extract<keyof T, string>[] {
  const names: Extract<keyof T, string>[] = [];
  for (const name in value) names.push(name);
  return names;
}
