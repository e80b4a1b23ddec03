import type { handleUnaryCall } from "@grpc/grpc-js";
import { type HeaderReader, keyOfHeaders } from "@sightline/auth/credentials";
import type { Principal } from "@sightline/auth/verify-key";
import { AppError } from "@sightline/errors/app-error";
import type { Admit } from "@sightline/rpc/admission";
import { type CallContext, unary } from "@sightline/rpc/handlers";
import type { ByteBudget } from "../admission/byte-budget.ts";
import type { TenantGate } from "../limits/tenant-gate.ts";
import type { IngestMetrics, Protocol } from "../metrics.ts";

/** A call that may be served: authenticated, and within the budget until it is answered. */
export interface GrpcRequest {
  readonly principal: Principal;
  /** The serialized request. */
  readonly body: Buffer;
  /** Aborts when the caller gave up or its deadline is over. */
  readonly signal: AbortSignal;
}

export interface GrpcDoorOptions {
  readonly authenticate: (key: string | undefined) => Promise<Principal>;
  readonly budget: ByteBudget;
  /** Says what a tenant may send. */
  readonly gate: Pick<TenantGate, "admit" | "limits">;
  readonly metrics: IngestMetrics;
}

const OTLP_PACKAGE = "/opentelemetry.";

/** Turns a call away by its metadata, before its request is read. Once read it is asked again: that costs nothing. */
export function admitCall({ authenticate, budget, gate, metrics }: GrpcDoorOptions): Admit {
  return async (metadata, path) => {
    try {
      const { tenant } = await authenticate(keyOfHeaders(headersOf(metadata)));
      // How long the request will be is not known yet; one byte more tells whether there is any room.
      gate.admit(tenant, 1);
      budget.take(1, tenant)();
    } catch (thrown) {
      metrics.failed(path.startsWith(OTLP_PACKAGE) ? "otlp-grpc" : "events-grpc", AppError.from(thrown).code);
      throw thrown;
    }
  };
}

/** Makes the handlers of methods whose requests and answers stay bytes. */
export type GrpcDoor = (
  protocol: Protocol,
  handle: (request: GrpcRequest) => Promise<Uint8Array>,
) => handleUnaryCall<Buffer, Uint8Array>;

/** A unary method that passes bytes through: decoding them all into objects would cost most of the work. */
export function rawMethod(path: string) {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: Buffer): Buffer => value,
    requestDeserialize: (value: Buffer): Buffer => value,
    responseSerialize: (value: Uint8Array): Buffer => Buffer.from(value),
    responseDeserialize: (value: Buffer): Uint8Array => value,
  } as const;
}

/** The gRPC door. No call is traced: telemetry about telemetry would feed itself. */
export function createGrpcDoor({ authenticate, budget, gate, metrics }: GrpcDoorOptions): GrpcDoor {
  return (protocol, handle) =>
    unary(
      async (body: Buffer, { metadata, signal }: CallContext) => {
        try {
          const principal = await authenticate(keyOfHeaders(headersOf(metadata)));
          metrics.received(protocol, body.length);
          const { maxRequestBytes } = gate.limits(principal.tenant);
          if (body.length > maxRequestBytes) throw tooLarge(body.length, maxRequestBytes);
          const release = budget.take(body.length, principal.tenant);
          try {
            return await handle({ principal, body, signal });
          } finally {
            release();
          }
        } catch (thrown) {
          metrics.failed(protocol, AppError.from(thrown).code);
          throw thrown;
        }
      },
      { traced: false },
    );
}

function tooLarge(got: number, want: number): AppError {
  return new AppError("too_large", `cannot take the request: got ${got} bytes, want at most ${want}`);
}

function headersOf(metadata: CallContext["metadata"]): HeaderReader {
  return (name) => {
    const [value] = metadata.get(name);
    return typeof value === "string" ? value : undefined;
  };
}
