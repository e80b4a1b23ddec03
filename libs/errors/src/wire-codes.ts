import type { ErrorCode } from "./app-error.ts";

interface WireCode {
  /** HTTP status. */
  readonly http: number;
  /** gRPC status code (google.rpc.Code). */
  readonly grpc: number;
}

/**
 * The one table from our codes to the outside. `internal` is a defect of ours; an outage must be `unavailable`, since
 * OTLP senders drop data on 500 but resend on 503.
 */
export const WIRE_CODES: Readonly<Record<ErrorCode, WireCode>> = {
  cancelled: { http: 499, grpc: 1 },
  invalid_argument: { http: 400, grpc: 3 },
  deadline_exceeded: { http: 504, grpc: 4 },
  not_found: { http: 404, grpc: 5 },
  already_exists: { http: 409, grpc: 6 },
  permission_denied: { http: 403, grpc: 7 },
  resource_exhausted: { http: 429, grpc: 8 },
  failed_precondition: { http: 409, grpc: 9 },
  too_large: { http: 413, grpc: 8 },
  unimplemented: { http: 501, grpc: 12 },
  internal: { http: 500, grpc: 13 },
  unavailable: { http: 503, grpc: 14 },
  data_loss: { http: 500, grpc: 15 },
  unauthenticated: { http: 401, grpc: 16 },
};

const codeOfGrpc = new Map<number, ErrorCode>([
  [1, "cancelled"],
  [3, "invalid_argument"],
  [4, "deadline_exceeded"],
  [5, "not_found"],
  [6, "already_exists"],
  [7, "permission_denied"],
  [8, "resource_exhausted"],
  [9, "failed_precondition"],
  [10, "unavailable"],
  [11, "invalid_argument"],
  [12, "unimplemented"],
  [13, "internal"],
  [14, "unavailable"],
  [15, "data_loss"],
  [16, "unauthenticated"],
]);

/** Our code for a gRPC status code received from a peer; an unknown number is `internal`. */
export function codeFromGrpc(grpc: number): ErrorCode {
  return codeOfGrpc.get(grpc) ?? "internal";
}
