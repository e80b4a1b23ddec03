import { type HeaderReader, keyOfHeaders } from "@sightline/auth/credentials";
import type { Principal } from "@sightline/auth/verify-key";
import { AppError } from "@sightline/errors/app-error";
import type { Admitted, BytesCall, MessageInflater } from "@sightline/rpc/bytes-call";
import type { BytesServer } from "@sightline/rpc/bytes-server";
import type { RpcDurations } from "@sightline/rpc/server";
import type { ByteBudget } from "../admission/byte-budget.ts";
import { type Inflater, USUAL_COMPRESSIONS } from "../http/inflate.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics, Protocol } from "../metrics.ts";

/** A call that may be served: authenticated, and within the budget until it is answered. */
export interface GrpcRequest {
  readonly principal: Principal;
  /** The serialized request; its memory is used again once the call is answered. */
  readonly body: Buffer;
  /** Aborts when the caller gave up or its deadline is over. */
  readonly signal: AbortSignal;
}

/** Where methods are added. */
export type GrpcMethods = Pick<BytesServer<Principal>, "add">;

export interface AdmitOptions {
  readonly authenticate: (key: string | undefined) => Promise<Principal>;
  readonly budget: ByteBudget;
  /** Says what a tenant may send. */
  readonly gate: Pick<TenantGate, "admit" | "limits">;
}

/** Turns a call away by its headers before its request is read, and by its length before there is memory for it. */
export function createAdmitCall({ authenticate, budget, gate }: AdmitOptions) {
  return async (header: HeaderReader): Promise<Admitted<Principal>> => {
    const caller = await authenticate(keyOfHeaders(header));
    const { tenant } = caller;
    gate.admit(tenant, 1);
    return {
      caller,
      reserve: (bytes) => {
        const { maxRequestBytes } = gate.limits(tenant);
        if (bytes > maxRequestBytes) throw tooLarge(bytes, maxRequestBytes);
        return budget.take(bytes, tenant);
      },
    };
  };
}

const OTLP_PACKAGE = "opentelemetry.";

/** Counts what ends a call but its success, wherever that is found out, as the doors of HTTP do; and measures all calls. */
export function countRefusals(durations: RpcDurations, metrics: Pick<IngestMetrics, "failed">): RpcDurations {
  return {
    observe: ({ method, code }, seconds) => {
      durations.observe({ method, code }, seconds);
      if (code !== "ok") metrics.failed(method.startsWith(OTLP_PACKAGE) ? "otlp-grpc" : "events-grpc", code);
    },
  };
}

function tooLarge(got: number, want: number): AppError {
  return new AppError("too_large", `cannot take the request: got ${got} bytes, want at most ${want}`);
}

/** Inflates messages by turns with the bodies of HTTP: gRPC's names for compressions are HTTP's. */
export function messageInflater({ inflate }: Inflater): MessageInflater {
  const encodings = new Map(USUAL_COMPRESSIONS.map((compression) => [String(compression), compression]));
  return {
    encodings: [...encodings.keys()],
    inflate: async (message, encoding, maxBytes) => {
      const compression = encodings.get(encoding);
      if (compression === undefined) throw new AppError("unimplemented", `cannot inflate ${encoding}`);
      return inflate(message, compression, maxBytes);
    },
  };
}

/** Makes the handlers of methods whose requests and answers stay bytes. */
export type GrpcDoor = (
  protocol: Protocol,
  handle: (request: GrpcRequest) => Promise<Uint8Array>,
) => (call: BytesCall<Principal>) => Promise<Uint8Array>;

/** The gRPC door. No call is traced: telemetry about telemetry would feed itself. */
export function createGrpcDoor(metrics: Pick<IngestMetrics, "received">): GrpcDoor {
  return (protocol, handle) =>
    ({ caller, body, signal }) => {
      metrics.received(protocol, body.length);
      return handle({ principal: caller, body, signal });
    };
}
