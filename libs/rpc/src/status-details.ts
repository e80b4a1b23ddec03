import { Metadata } from "@grpc/grpc-js";
import { type AppError, invalid } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import type { Any } from "@sightline/proto/google/protobuf/any";
import { BadRequest, RetryInfo } from "@sightline/proto/google/rpc/error_details";
import { Status } from "@sightline/proto/google/rpc/status";

/** The trailer that carries a serialized google.rpc.Status. */
export const DETAILS_KEY = "grpc-status-details-bin";

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
const BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

/** Longer messages would not fit into the trailers that every client takes. */
const MAX_MESSAGE_CHARS = 1024;

/** An error's message as far as trailers take it. Half a character, as a cut may leave it, could not be encoded. */
export function messageOf({ message }: AppError): string {
  return message.slice(0, MAX_MESSAGE_CHARS).toWellFormed();
}

/** What the details of a failed call say. */
export interface StatusDetails {
  /** When the server wants the call again; unset: it does not say. */
  readonly retryAfterMs: number | undefined;
  /** What was wrong with the request. */
  readonly violations: readonly { readonly field: string; readonly description: string }[];
}

/**
 * An error as google.rpc.Status (google/rpc/status.proto): RetryInfo when the error says when to come back, BadRequest
 * when the request was wrong.
 */
export function encodeStatus(error: AppError, message: string): Uint8Array {
  const details: Any[] = [];
  if (error.retryAfterMs !== undefined) {
    const value = Buffer.from(RetryInfo.encode({ retryDelay: durationOf(error.retryAfterMs) }).finish());
    details.push({ typeUrl: RETRY_INFO, value });
  }
  if (error.code === "invalid_argument") {
    const value = Buffer.from(BadRequest.encode({ fieldViolations: [{ field: "", description: message }] }).finish());
    details.push({ typeUrl: BAD_REQUEST, value });
  }
  return Status.encode({ code: WIRE_CODES[error.code].grpc, message, details }).finish();
}

/** The trailers of a failed call. */
export function statusTrailers(error: AppError, message: string): Metadata {
  const trailers = new Metadata();
  trailers.set(DETAILS_KEY, Buffer.from(encodeStatus(error, message)));
  return trailers;
}

/**
 * Reads a google.rpc.Status; details of kinds not known here are passed over.
 *
 * @throws AppError invalid_argument when it is not one
 */
export function decodeStatus(bytes: Uint8Array): StatusDetails {
  try {
    const details = Status.decode(bytes).details;
    const retry = details.find((detail) => detail.typeUrl === RETRY_INFO);
    const delay = retry === undefined ? undefined : RetryInfo.decode(retry.value).retryDelay;
    return {
      retryAfterMs: delay === undefined ? undefined : Number(delay.seconds) * 1000 + delay.nanos / 1e6,
      violations: details
        .filter((detail) => detail.typeUrl === BAD_REQUEST)
        .flatMap((detail) => BadRequest.decode(detail.value).fieldViolations),
    };
  } catch (cause) {
    throw invalid(
      `cannot read the details of a status: got ${bytes.length} bytes that are no google.rpc.Status`,
      cause,
    );
  }
}

/** The details in a failed call's trailers; a server that sent none, or nonsense, has said nothing. */
export function detailsOf(trailers: Metadata): StatusDetails | undefined {
  const [value] = trailers.get(DETAILS_KEY);
  if (!Buffer.isBuffer(value)) return undefined;
  try {
    return decodeStatus(value);
  } catch {
    return undefined;
  }
}

function durationOf(ms: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: Math.round((ms % 1000) * 1e6) };
}
