import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { context } from "@opentelemetry/api";
import { AppError } from "@sightline/errors/app-error";
import { codeFromGrpc } from "@sightline/errors/wire-codes";
import type { Definition, RequestsOf, ResponsesOf } from "./definition.ts";
import { CALLER_KEY, TENANT_KEY } from "./handlers.ts";
import { detailsOf } from "./status-details.ts";
import { injectContext, inSpan, recordFailure } from "./trace-context.ts";

export interface ClientOptions {
  /** Sent to our own services, together with the tenant of each call. */
  readonly internalToken?: string;
  /** Which service asks, for doors that tell callers apart: sent beside the internal token. */
  readonly caller?: string;
  /** Sent to a public door instead of the internal token. */
  readonly apiKey?: string;
  /** Longest answer, after decompression. Default 64 MiB. */
  readonly maxReceiveBytes?: number;
  /** Whether calls make spans. False for what the services' own telemetry goes through. Default true. */
  readonly traced?: boolean;
}

export interface CallOptions {
  /** Whose data the call is about; needed by our own services' internal doors. */
  readonly tenant?: string;
  /** What the call may take. Default 10000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** Calls one service. */
export interface RpcClient<Req, Res> {
  /**
   * Calls a method by its generated name.
   *
   * @throws AppError with the server's code, message and retry hint; `unavailable` when it cannot be reached
   */
  call<K extends keyof Req & keyof Res>(method: K, request: Req[K], options?: CallOptions): Promise<Res[K]>;
  /**
   * Calls a method that answers with a stream, and reads it no faster than it is iterated over; who stops early ends the
   * call. Throws as `call` does, also between messages.
   */
  stream<K extends keyof Req & keyof Res>(method: K, request: Req[K], options?: CallOptions): AsyncIterable<Res[K]>;
  /** Ends the connection; calls under way fail. */
  close(): void;
}

const CHANNEL = {
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  // A restarted service is found again within seconds, not the default two minutes.
  "grpc.initial_reconnect_backoff_ms": 200,
  "grpc.min_reconnect_backoff_ms": 200,
  "grpc.max_reconnect_backoff_ms": 3000,
  "grpc.dns_min_time_between_resolutions_ms": 5000,
  // One client reaches all replicas behind a headless name.
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
} as const;

/**
 * A typed client of a generated service: `createClient(QueryServiceClient, "127.0.0.1:7101", { internalToken })`. It
 * connects at the first call, reconnects by itself, and fails calls at once while there is no connection.
 *
 * @param service a generated `XClient`, or anything with its definition
 * @param address host:port, or a gRPC name such as dns:///storage:7101
 */
export function createClient<Req, Res>(
  { service }: { readonly service: Definition<Req, Res> },
  address: string,
  options: ClientOptions,
): RpcClient<Req, Res> {
  const requests: RequestsOf<Req> = service;
  const responses: ResponsesOf<Res> = service;
  const client = new Client(address, credentials.createInsecure(), {
    ...CHANNEL,
    "grpc.max_receive_message_length": options.maxReceiveBytes ?? 64 * 1024 * 1024,
  });

  function send<K extends keyof Req & keyof Res>(method: K, request: Req[K], call: CallOptions): Promise<Res[K]> {
    const { deadlineMs = 10_000, signal } = call;
    const { path, requestSerialize } = requests[method];
    const { responseDeserialize } = responses[method];
    const { promise, resolve, reject } = Promise.withResolvers<Res[K]>();
    const fail = (error: ServiceError) => reject(errorOf(error, { address, path, deadlineMs }));
    if (signal?.aborted) throw new AppError("cancelled", `cannot call ${path.slice(1)}: stopping`);
    const sent = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadataOf(options, call.tenant),
      { deadline: Date.now() + deadlineMs },
      (error, response) => {
        signal?.removeEventListener("abort", cancel);
        if (error !== null) fail(error);
        else if (response === undefined) reject(new AppError("internal", `cannot use the answer of ${path}: got none`));
        else resolve(response);
      },
    );
    const cancel = () => sent.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    return promise;
  }

  async function* receive<K extends keyof Req & keyof Res>(
    method: K,
    request: Req[K],
    { deadlineMs = 10_000, signal, tenant }: CallOptions,
  ): AsyncGenerator<Res[K], undefined> {
    const { path, requestSerialize } = requests[method];
    const { responseDeserialize } = responses[method];
    if (signal?.aborted) throw new AppError("cancelled", `cannot call ${path.slice(1)}: stopping`);
    const metadata = metadataOf(options, tenant);
    const deadline = { deadline: Date.now() + deadlineMs };
    const incoming = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      deadline,
    );
    const cancel = () => incoming.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    let isOver = false;
    try {
      const messages: AsyncIterable<Res[K]> = incoming;
      yield* messages;
      isOver = true;
    } catch (thrown) {
      throw isServiceError(thrown) ? errorOf(thrown, { address, path, deadlineMs }) : AppError.from(thrown);
    } finally {
      signal?.removeEventListener("abort", cancel);
      // Also a call that was answered whole would be one that was cancelled.
      if (!isOver) cancel();
    }
  }

  return {
    stream: (method, request, call = {}) => receive(method, request, call),
    async call(method, request, call = {}) {
      if (options.traced === false) return send(method, request, call);
      const { path } = requests[method];
      return inSpan({ kind: "client", path, parent: context.active() }, async (span) => {
        try {
          return await send(method, request, call);
        } catch (thrown) {
          recordFailure(span, AppError.from(thrown), "client");
          throw thrown;
        }
      });
    },
    close: () => client.close(),
  };
}

function metadataOf({ internalToken, caller, apiKey }: ClientOptions, tenant: string | undefined): Metadata {
  const metadata = new Metadata();
  const token = internalToken ?? apiKey;
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  if (tenant !== undefined) metadata.set(TENANT_KEY, tenant);
  if (caller !== undefined) metadata.set(CALLER_KEY, caller);
  injectContext(metadata);
  return metadata;
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && "code" in thrown && "metadata" in thrown;
}

interface FailedCall {
  readonly address: string;
  readonly path: string;
  readonly deadlineMs: number;
}

/** The server's error, or our own words where there was no server to speak. */
function errorOf(error: ServiceError, { address, path, deadlineMs }: FailedCall): AppError {
  const details = detailsOf(error.metadata);
  const retryAfterMs = details?.retryAfterMs;
  const code = codeFromGrpc(error.code);
  const common = { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (details === undefined && error.code === status.UNAVAILABLE) {
    return new AppError("unavailable", `cannot reach ${address}: ${lastError(error.details)}`, common);
  }
  if (details === undefined && error.code === status.DEADLINE_EXCEEDED) {
    return new AppError("deadline_exceeded", `cannot call ${path.slice(1)}: no answer within ${deadlineMs} ms`, common);
  }
  // A server that is over its limits for now says so with a retry hint (OTLP specification, "Failures").
  const retryable = code === "resource_exhausted" ? { retryable: retryAfterMs !== undefined } : {};
  return new AppError(code, error.details, { ...common, ...retryable });
}

/** grpc-js wraps the connection's own error in what each of its layers has to say. */
function lastError(details: string): string {
  return details.replace(/^.*Last error: (?:Error: )?/s, "").replace(/\. Resolution note: $/, "");
}
