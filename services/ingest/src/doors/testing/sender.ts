import { request } from "node:http";
import { connect } from "node:http2";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { detailsOf } from "@sightline/rpc/status-details";
import type { IngestUnderTest } from "../../testing/ingest.ts";

/** What a door said to a request. */
export interface Reply {
  /** `taken`: wholly or in part; `refused`: sending the same again is of no use; `come back`: it is. */
  readonly verdict: "taken" | "refused" | "come back";
  /** The status of HTTP or the code of gRPC, as numbers. */
  readonly code: number;
  /** When to come back, if it says so. */
  readonly retryAfterMs: number | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export interface Sending {
  readonly body: Uint8Array;
  /** The API key; undefined: none is sent. */
  readonly key: string | undefined;
  /** HTTP: beside or in the place of the protocol's own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How requests get to a door that answers them. */
export interface Sender {
  readonly kind: "http" | "grpc";
  send(to: IngestUnderTest, sending: Sending): Promise<Reply>;
  /** Announces a request and sends half of it; `leave` breaks the connection. */
  begin(to: IngestUnderTest, sending: Sending): Promise<Begun>;
}

/** A request that waits for its other half. */
export interface Begun {
  leave(): void;
}

/** Codes that senders come back after (OTLP specification; HTTP in general). */
const RETRYABLE_HTTP = new Set([429, 502, 503, 504]);

export interface HttpWay {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends by HTTP, with POST. */
export function httpSender({ path, headers: own }: HttpWay): Sender {
  const headersOf = ({ key, headers }: Sending) => ({
    ...own,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...headers,
  });
  return {
    kind: "http",
    send: async (to, sending) => {
      const response = await fetch(to.http + path, {
        method: "POST",
        body: Uint8Array.from(sending.body),
        headers: headersOf(sending),
        signal: AbortSignal.timeout(20_000),
      });
      const retryAfter = response.headers.get("retry-after");
      return {
        verdict: response.ok ? "taken" : RETRYABLE_HTTP.has(response.status) ? "come back" : "refused",
        code: response.status,
        retryAfterMs: retryAfter === null ? undefined : Number(retryAfter) * 1000,
        contentType: response.headers.get("content-type") ?? undefined,
        body: Buffer.from(await response.bytes()),
      };
    },
    begin: (to, sending) => {
      const headers = { ...headersOf(sending), "content-length": sending.body.length };
      const begun = request(to.http + path, { method: "POST", headers });
      begun.on("error", () => undefined);
      return new Promise((resolve) => {
        begun.write(sending.body.subarray(0, sending.body.length / 2), () => resolve({ leave: () => begun.destroy() }));
      });
    },
  };
}

const RETRYABLE_GRPC = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

const pass = (bytes: Buffer): Buffer => bytes;

/** Sends by gRPC, to a unary method, bytes as they are. */
export function grpcSender(path: string): Sender {
  return {
    kind: "grpc",
    send: async (to, { body, key }) => {
      const client = new Client(to.grpc, credentials.createInsecure(), { "grpc.max_send_message_length": -1 });
      const metadata = new Metadata();
      if (key !== undefined) metadata.set("authorization", `Bearer ${key}`);
      try {
        return await new Promise<Reply>((resolve) => {
          client.makeUnaryRequest<Buffer, Buffer>(path, pass, pass, Buffer.from(body), metadata, (error, answer) => {
            resolve(error === null ? taken(answer ?? Buffer.alloc(0)) : failed(error));
          });
        });
      } finally {
        client.close();
      }
    },
    begin: (to, { body, key }) => {
      const session = connect(`http://${to.grpc}`);
      session.on("error", () => undefined);
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      });
      stream.on("error", () => undefined);
      const frame = Buffer.alloc(5);
      frame.writeUInt32BE(body.length, 1);
      const half = Buffer.concat([frame, body.subarray(0, body.length / 2)]);
      return new Promise((resolve) => {
        stream.write(half, () => resolve({ leave: () => session.destroy() }));
      });
    },
  };
}

function taken(body: Buffer): Reply {
  return { verdict: "taken", code: 0, retryAfterMs: undefined, contentType: undefined, body };
}

function failed({ code, metadata, details }: ServiceError): Reply {
  const retryAfterMs = detailsOf(metadata)?.retryAfterMs;
  const again = RETRYABLE_GRPC.has(code) || (code === status.RESOURCE_EXHAUSTED && retryAfterMs !== undefined);
  const verdict = again ? "come back" : "refused";
  return { verdict, code, retryAfterMs, contentType: undefined, body: Buffer.from(details) };
}
