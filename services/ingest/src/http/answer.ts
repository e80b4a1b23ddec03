import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import { encodeStatus } from "@sightline/rpc/status-details";
import { CONTENT_TYPES, type Encoding, type Refusal } from "./encoding.ts";

const compress = promisify(gzip);

/** Below this an answer is not made smaller by compression in any way that matters. */
const COMPRESS_FROM_BYTES = 1024;

/** Longer messages help nobody. */
const MAX_MESSAGE_CHARS = 1024;

export interface Answer {
  readonly status: number;
  readonly encoding: Encoding;
  readonly body: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends an answer, compressed when it is long and the sender takes gzip. */
export async function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const plain = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body;
  const zipped = plain.length >= COMPRESS_FROM_BYTES && acceptsGzip(request.headers["accept-encoding"]);
  const body = zipped ? await compress(plain) : plain;
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    ...answer.headers,
    "content-type": CONTENT_TYPES[answer.encoding],
    "content-length": body.length,
    ...(zipped ? { "content-encoding": "gzip" } : {}),
  });
  response.end(body);
}

function acceptsGzip(accepted: string | string[] | undefined): boolean {
  return /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)/i.test(String(accepted ?? ""));
}

/** An error as OTLP wants it: google.rpc.Status in the request's encoding, with a hint when to come back. */
export function errorAnswer(error: AppError, encoding: Encoding, refusal?: Refusal): Answer {
  const known = error.code !== "internal";
  const message = known
    ? error.message.slice(0, MAX_MESSAGE_CHARS)
    : "internal error; the service's log has the details";
  const status = refusal?.status ?? WIRE_CODES[error.code].http;
  return {
    status,
    encoding,
    body: encoding === "protobuf" ? encodeStatus(error, message) : JSON.stringify(statusJson(error, message)),
    headers: {
      ...refusal?.headers,
      ...(error.retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(error.retryAfterMs / 1000)) }),
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    },
  };
}

/** google.rpc.Status in proto3 JSON. */
function statusJson(error: AppError, message: string): object {
  const details: object[] = [];
  if (error.retryAfterMs !== undefined) {
    details.push({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${error.retryAfterMs / 1000}s` });
  }
  if (error.code === "invalid_argument") {
    const fieldViolations = [{ field: "", description: message }];
    details.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations });
  }
  return { code: WIRE_CODES[error.code].grpc, message, ...(details.length === 0 ? {} : { details }) };
}
