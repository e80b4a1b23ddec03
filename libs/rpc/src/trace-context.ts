import type { Metadata } from "@grpc/grpc-js";
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import type { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";

const getter: TextMapGetter<Metadata> = {
  keys: (metadata) => Object.keys(metadata.getMap()),
  get: (metadata, key) => metadata.get(key).filter((value) => typeof value === "string"),
};

const setter: TextMapSetter<Metadata> = { set: (metadata, key, value) => metadata.set(key, value) };

/** What the caller's metadata says about the trace it is in (W3C Trace Context). */
export function extractContext(metadata: Metadata): Context {
  return propagation.extract(context.active(), metadata, getter);
}

/** Puts the trace that is being worked in into a call's metadata. */
export function injectContext(metadata: Metadata): void {
  propagation.inject(context.active(), metadata, setter);
}

interface RpcSpan {
  readonly kind: "server" | "client";
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly parent: Context;
}

/**
 * Works inside a span named as OpenTelemetry's conventions for RPC have it. Only an outcome that is the server's fault
 * marks a server's span as failed; any failure marks a client's.
 */
export async function inSpan<T>({ kind, path, parent }: RpcSpan, work: (span: Span) => Promise<T>): Promise<T> {
  const [service = "", method = ""] = path.slice(1).split("/");
  const span = trace.getTracer("@sightline/rpc").startSpan(
    path.slice(1),
    {
      kind: kind === "server" ? SpanKind.SERVER : SpanKind.CLIENT,
      attributes: { "rpc.system": "grpc", "rpc.service": service, "rpc.method": method },
    },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } finally {
    span.end();
  }
}

const SERVER_FAULTS: ReadonlySet<string> = new Set(["internal", "unavailable", "data_loss", "deadline_exceeded"]);

/** Notes a failed call on its span. */
export function recordFailure(span: Span, error: AppError, kind: "server" | "client"): void {
  span.setAttribute("rpc.grpc.status_code", WIRE_CODES[error.code].grpc);
  // Who gives up by itself, as a browser does whose tab is closed, has not failed.
  if (error.code === "cancelled" || (kind === "server" && !SERVER_FAULTS.has(error.code))) return;
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
