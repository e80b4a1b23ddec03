import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { AppError } from "@sightline/errors/app-error";
import { WIRE_CODES } from "@sightline/errors/wire-codes";
import { encodeStatus } from "@sightline/rpc/status-details";
import type { Refusal } from "./content.ts";
import type { Incoming, Outgoing } from "./exchange.ts";

const compress = promisify(gzip);

/** Below this an answer is not made smaller by compression in any way that matters. */
const COMPRESS_FROM_BYTES = 1024;

/** Longer messages help nobody. */
const MAX_MESSAGE_CHARS = 1024;

export const PROTOBUF = "application/x-protobuf";
export const JSON_TYPE = "application/json";

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out when there is nothing to say, as with 204. */
  readonly content?: { readonly type: string; readonly body: Uint8Array | string };
}

/** Sends an answer, compressed when it is long and the sender takes gzip. */
export async function sendAnswer(request: Incoming, response: Outgoing, answer: Answer): Promise<void> {
  const { status, headers, content } = answer;
  if (content === undefined) {
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { "content-length": 0 }) });
    response.end(new Uint8Array(0));
    return;
  }
  const plain = typeof content.body === "string" ? Buffer.from(content.body) : content.body;
  const zipped = plain.length >= COMPRESS_FROM_BYTES && acceptsGzip(request.headers["accept-encoding"]);
  const body = zipped ? await compress(plain) : plain;
  if (response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    "content-type": content.type,
    "content-length": body.length,
    ...(zipped ? { "content-encoding": "gzip" } : {}),
  });
  response.end(body);
}

function acceptsGzip(accepted: string | string[] | undefined): boolean {
  return /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)/i.test(String(accepted ?? ""));
}

/** A refusal in words and headers, for a protocol to put into its own form. */
export interface Said {
  readonly status: number;
  /** What may be told: of a defect of ours only that it is one. */
  readonly message: string;
  /** When to come back, which methods are allowed, how to say who one is. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What every protocol says of a refusal. */
export function say({ status, error, headers }: Refusal): Said {
  const known = error.code !== "internal";
  return {
    status,
    message: known ? error.message.slice(0, MAX_MESSAGE_CHARS) : "internal error; the service's log has the details",
    headers: {
      ...headers,
      ...(error.retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(error.retryAfterMs / 1000)) }),
      ...(status === 401 ? { "www-authenticate": 'Bearer, Basic realm="sightline"' } : {}),
    },
  };
}

/** An error as the refusal that its code stands for. */
export function refusalOf(error: AppError): Refusal {
  return { status: WIRE_CODES[error.code].http, error };
}

/** A refusal as one line of text (remote write, Loki, Jaeger). */
export function textAnswer(refusal: Refusal): Answer {
  const { status, message, headers } = say(refusal);
  return { status, headers, content: { type: "text/plain; charset=utf-8", body: `${message}\n` } };
}

/** A refusal as OTLP wants it: google.rpc.Status in the request's encoding. */
export function statusAnswer(refusal: Refusal, contentType: string | undefined): Answer {
  const { status, message, headers } = say(refusal);
  const { error } = refusal;
  const content = /^\s*application\/(?:x-)?protobuf\s*(?:;|$)/i.test(contentType ?? "")
    ? { type: PROTOBUF, body: encodeStatus(error, message) }
    : { type: JSON_TYPE, body: JSON.stringify(statusJson(error, message)) };
  return { status, headers, content };
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
