import { createHash, timingSafeEqual } from "node:crypto";
import type { handleUnaryCall, Metadata, ServerUnaryCall } from "@grpc/grpc-js";
import { AppError, invalid } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import { isTenant } from "@sightline/model/tenant";
import { callDeadline } from "./call-deadline.ts";
import { messageOf, statusTrailers } from "./status-details.ts";
import { extractContext, inSpan, recordFailure } from "./trace-context.ts";

/** Metadata key of the tenant a call is about; believed only beside the internal token. */
export const TENANT_KEY = "sightline-tenant";

/** Metadata key of the service that calls; believed only beside the internal token. */
export const CALLER_KEY = "sightline-caller";

/** What a handler knows about the call besides its request. */
export interface CallContext {
  /** Aborts when the caller gave up, went away, or its deadline is over. */
  readonly signal: AbortSignal;
  readonly metadata: Metadata;
  /** Address of the caller, host:port. */
  readonly peer: string;
}

/** The context of a call from another service. */
export interface TenantContext extends CallContext {
  /** Whose data the call is about. */
  readonly tenant: string;
  /** The service that calls; "" for one that does not say. */
  readonly caller: string;
}

export interface UnaryOptions {
  /** Whether calls make spans. False for what the services' own telemetry goes through, which would feed itself. */
  readonly traced?: boolean;
  /** What a call whose caller set no deadline, or a longer one, may take. Default 60000. */
  readonly maxDurationMs?: number;
}

/**
 * A typed async function as a gRPC handler. What it throws becomes a status with google.rpc details: an AppError the
 * one of its code and message, anything else INTERNAL without a word about our insides.
 */
export function unary<Req, Res>(
  handle: (request: Req, context: CallContext) => Promise<Res>,
  { traced = true, maxDurationMs = 60_000 }: UnaryOptions = {},
): handleUnaryCall<Req, Res> {
  return (call, callback) => {
    const answer = async () => {
      const deadline = callDeadline(call, maxDurationMs);
      const context = { signal: deadline.signal, metadata: call.metadata, peer: call.getPeer() };
      try {
        // The caller has its answer in time also from a handler that does not heed its signal.
        return await Promise.race([handle(call.request, context), deadline.over]);
      } finally {
        deadline.release();
      }
    };
    const work = traced ? tracedAnswer(call, answer) : answer();
    work.then(
      (response) => callback(null, response),
      (thrown: unknown) => callback(statusOf(thrown)),
    );
  };
}

/**
 * Handlers for calls from the other services only: they must carry the internal token, and the tenant that the call is
 * about.
 */
export function internalUnary(internalToken: string, options: UnaryOptions = {}) {
  const admit = createInternalAdmit(internalToken);
  return <Req, Res>(handle: (request: Req, context: TenantContext) => Promise<Res>): handleUnaryCall<Req, Res> =>
    unary(async (request, context) => handle(request, admit(context)), options);
}

/** Takes a call from another service; throws for one that does not carry the internal token and a tenant. */
export function createInternalAdmit(internalToken: string): (context: CallContext) => TenantContext {
  const want = digest(internalToken);
  return (context) => {
    const token = bearerToken(context.metadata);
    if (token === undefined || !timingSafeEqual(digest(token), want)) {
      throw new AppError("unauthenticated", "cannot serve the call: the internal token is missing or wrong");
    }
    const [caller] = context.metadata.get(CALLER_KEY);
    return { ...context, tenant: tenantOf(context.metadata), caller: typeof caller === "string" ? caller : "" };
  };
}

/** The token of `authorization: Bearer <token>`, if there is one. */
export function bearerToken(metadata: Metadata): string | undefined {
  const [value] = metadata.get("authorization");
  if (typeof value !== "string") return undefined;
  return /^bearer +(\S+) *$/i.exec(value)?.[1];
}

function tenantOf(metadata: Metadata): string {
  const [tenant] = metadata.get(TENANT_KEY);
  if (typeof tenant === "string" && isTenant(tenant)) return tenant;
  throw invalid(
    `cannot serve the call: got ${tenant === undefined ? "no" : "a malformed"} ${TENANT_KEY}, want a tenant`,
  );
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function tracedAnswer<Req, Res>(call: ServerUnaryCall<Req, Res>, answer: () => Promise<Res>): Promise<Res> {
  return inSpan({ kind: "server", path: call.getPath(), parent: extractContext(call.metadata) }, async (span) => {
    try {
      return await answer();
    } catch (thrown) {
      recordFailure(span, AppError.from(thrown), "server");
      throw thrown;
    }
  });
}

/** What grpc-js makes a status of; the cause stays for our own log. */
export function statusOf(thrown: unknown) {
  const error = AppError.from(thrown);
  const message =
    error === thrown || error.code !== "internal"
      ? messageOf(error)
      : "internal error; the service's log has the details";
  return Object.assign(new Error(message, { cause: thrown }), {
    code: WIRE_CODES[error.code].grpc,
    details: message,
    metadata: statusTrailers(error, message),
  });
}
