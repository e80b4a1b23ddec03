import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { test } from "node:test";
import { promisify } from "node:util";
import { gunzip, gzipSync } from "node:zlib";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { AppError, unavailable } from "@sightline/errors/app-error";
import {
  HealthClient,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "@sightline/proto/grpc/health/v1/health";
import type { BytesCall, MessageInflater } from "./bytes-call.ts";
import { type BytesServerOptions, createBytesServer } from "./bytes-server.ts";
import { detailsOf } from "./status-details.ts";

const ECHO = "/test.Echo/Echo";

interface World extends Partial<BytesServerOptions<string>> {
  echo?(call: BytesCall<string>): Promise<Uint8Array>;
}

/** Knows gzip and nothing else. */
const inflater: MessageInflater = {
  encodings: ["gzip"],
  inflate: (message, _encoding, maxOutputLength) =>
    promisify(gunzip)(message, { maxOutputLength }).catch((cause: unknown) => {
      const code = cause instanceof RangeError ? "too_large" : "invalid_argument";
      throw new AppError(code, "cannot inflate the request", { cause });
    }),
};

/** A real server on loopback whose one method answers with what it was sent, and clients of it. */
async function startServer({ echo = async ({ body }) => Buffer.from(body), ...options }: World = {}) {
  const measured: { method: string; code: string }[] = [];
  const logged: string[] = [];
  const server = createBytesServer<string>({
    host: "127.0.0.1",
    port: 0,
    log: { error: (_fields, message) => void logged.push(message) },
    maxReceiveBytes: 1_000_000,
    metrics: { observe: (labels) => void measured.push(labels) },
    inflater,
    admit: async (header) => ({ caller: header("authorization") ?? "nobody", reserve: () => () => undefined }),
    ...options,
  });
  server.add(ECHO, echo);
  const address = `127.0.0.1:${await server.listen()}`;
  const client = new Client(address, credentials.createInsecure());
  const session = connect(`http://${address}`);
  return {
    server,
    session,
    measured,
    logged,
    address,
    client,
    call: (body: Buffer, path = ECHO) => unaryCall(client, path, body),
    [Symbol.asyncDispose]: async () => {
      client.close();
      session.close();
      await server.close(200);
    },
  };
}

function unaryCall(client: Client, path: string, body: Buffer): Promise<Buffer> {
  const asIs = (bytes: Buffer) => bytes;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, body, new Metadata(), (error, answer) =>
      answer === undefined ? reject(error) : resolve(answer),
    );
  });
}

function framed(message: Uint8Array, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Sends chunks as they are; answers the headers or trailers that carry the status, and the data. */
async function raw(session: ClientHttp2Session, chunks: readonly Buffer[], headers: Record<string, string> = {}) {
  const stream = session.request({
    ":method": "POST",
    ":path": ECHO,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  const found: Record<string, unknown> = {};
  const data: Buffer[] = [];
  const note = (received: Record<string, unknown>) => void Object.assign(found, received);
  stream.on("response", note);
  stream.on("trailers", note);
  stream.on("data", (chunk: Buffer) => data.push(chunk));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, "close");
  return {
    status: found[":status"],
    code: found["grpc-status"],
    message: found["grpc-message"],
    data: Buffer.concat(data),
  };
}

function refusedWith(code: status, message: RegExp) {
  return (error: ServiceError) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.details, message);
    return true;
  };
}

test("requests of all sizes are answered, many at once", async () => {
  await using world = await startServer();
  const sizes = [0, 1, 5, 16_000, 70_000, 200_000, 999_999];
  const sent = [...sizes, ...sizes].map((size, at) => Buffer.alloc(size, at + 1));
  const answers = await Promise.all(sent.map((body) => world.call(body)));
  for (const [at, answer] of answers.entries()) assert.ok(answer.equals(sent[at] ?? Buffer.alloc(0)));
  assert.ok(world.measured.every(({ method, code }) => method === "test.Echo/Echo" && code === "ok"));
});

test("a message may come in any pieces", async () => {
  await using world = await startServer();
  const message = Buffer.from("hello, in pieces");
  const bytes = [...framed(message)].map((byte) => Buffer.from([byte]));
  const { code, data } = await raw(world.session, bytes);
  assert.equal(code, "0");
  assert.ok(data.equals(framed(message)));
});

test("requests are inflated by what they say", async () => {
  await using world = await startServer();
  const message = Buffer.from("compressed ".repeat(100));
  const cases = [
    { encoding: "gzip", chunk: framed(gzipSync(message), 1), want: "0" },
    { encoding: "zstd", chunk: framed(message, 1), want: String(status.UNIMPLEMENTED) },
    { encoding: "gzip", chunk: framed(message, 0), want: "0" },
    { encoding: "gzip", chunk: framed(message, 1), want: String(status.INVALID_ARGUMENT) },
    { encoding: "br", chunk: framed(message, 1), want: String(status.UNIMPLEMENTED) },
    { encoding: "gzip", chunk: framed(gzipSync(Buffer.alloc(2_000_000)), 1), want: String(status.RESOURCE_EXHAUSTED) },
  ];
  for (const { encoding, chunk, want } of cases) {
    const { code, data } = await raw(world.session, [chunk], { "grpc-encoding": encoding });
    assert.equal(code, want, encoding);
    if (want === "0") assert.ok(data.subarray(5).equals(message));
  }
});

test("what is no unary call is refused", async () => {
  await using world = await startServer();
  const one = framed(Buffer.from("one"));
  const unimplemented = String(status.UNIMPLEMENTED);
  const cases = [
    { name: "two messages", chunks: [one, one], want: { status: 200, code: unimplemented } },
    { name: "no message", chunks: [], want: { status: 200, code: unimplemented } },
    { name: "half a message", chunks: [one.subarray(0, 6)], want: { status: 200, code: unimplemented } },
    {
      name: "gRPC-Web",
      chunks: [one],
      headers: { "content-type": "application/grpc-web+proto" },
      want: { status: 415, code: undefined },
    },
    {
      name: "no gRPC",
      chunks: [one],
      headers: { "content-type": "text/plain" },
      want: { status: 415, code: undefined },
    },
    { name: "an odd timeout", chunks: [one], headers: { "grpc-timeout": "soon" }, want: { status: 200, code: "3" } },
  ];
  for (const { name, chunks, headers, want } of cases) {
    const { status: got, code } = await raw(world.session, chunks, headers);
    assert.deepEqual({ status: got, code }, want, name);
  }
  const unknown = world.call(Buffer.alloc(1), "/test.Echo/Nothing");
  await assert.rejects(unknown, refusedWith(status.UNIMPLEMENTED, /no method/));
});

test("a caller is refused before its request is read, and one too long before there is memory for it", async () => {
  let reserved = 0;
  await using world = await startServer({
    admit: async (header) => {
      if (header("authorization") === "none") throw new AppError("unauthenticated", "cannot serve the call: no key");
      const reserve = (bytes: number) => {
        if (bytes > 500_000) throw unavailable("cannot take the request now", { retryAfterMs: 1500 });
        reserved += bytes;
        return () => {
          reserved -= bytes;
        };
      };
      return { caller: "somebody", reserve };
    },
  });
  const stranger = await raw(world.session, [framed(Buffer.alloc(900_000))], { authorization: "none" });
  assert.equal(stranger.code, String(status.UNAUTHENTICATED));
  await assert.rejects(world.call(Buffer.alloc(1_000_001)), refusedWith(status.RESOURCE_EXHAUSTED, /larger than max/));
  await assert.rejects(world.call(Buffer.alloc(600_000)), (error: ServiceError) => {
    assert.equal(detailsOf(error.metadata)?.retryAfterMs, 1500);
    return refusedWith(status.UNAVAILABLE, /now/)(error);
  });
  assert.equal((await world.call(Buffer.alloc(400_000))).length, 400_000);
  assert.equal(reserved, 0);
});

test("a failure says what is the caller's business, and defects are logged", async () => {
  await using world = await startServer({
    echo: async ({ body }) => {
      throw body.length === 0 ? new Error("secret") : new AppError("invalid_argument", "cannot läs: 100 %");
    },
  });
  await assert.rejects(world.call(Buffer.alloc(1)), refusedWith(status.INVALID_ARGUMENT, /^cannot läs: 100 %$/));
  assert.deepEqual(world.logged, []);
  await assert.rejects(world.call(Buffer.alloc(0)), refusedWith(status.INTERNAL, /^internal error/));
  assert.equal(world.logged.length, 1);
});

test("deadlines and callers that go away reach the handler", async () => {
  let calls = 0;
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const aborted = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  await using world = await startServer({
    echo: ({ signal }) => {
      const at = calls++;
      begun[at]?.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted[at]?.resolve(AppError.from(signal.reason).code);
          reject(signal.reason);
        });
      });
    },
  });
  const late = await raw(world.session, [framed(Buffer.alloc(1))], { "grpc-timeout": "100m" });
  assert.equal(late.code, String(status.DEADLINE_EXCEEDED));
  assert.equal(await aborted[0]?.promise, "deadline_exceeded");
  const stream = world.session.request({ ":method": "POST", ":path": ECHO, "content-type": "application/grpc" });
  stream.on("error", () => undefined);
  stream.end(framed(Buffer.alloc(1)));
  await begun[1]?.promise;
  stream.close(constants.NGHTTP2_CANCEL);
  assert.equal(await aborted[1]?.promise, "cancelled");
});

test("memory is not used again while a handler that failed may look at it", async () => {
  let kept: Buffer | undefined;
  await using world = await startServer({
    echo: async ({ body }) => {
      if (body[0] !== 1) return Buffer.from(body);
      kept = body;
      throw unavailable("cannot take the request now");
    },
  });
  await assert.rejects(world.call(Buffer.alloc(300_000, 1)));
  for (let at = 2; at < 6; at++) await world.call(Buffer.alloc(300_000, at));
  assert.ok(kept?.equals(Buffer.alloc(300_000, 1)));
});

test("health is answered to anybody, until the server stops", async () => {
  await using world = await startServer({
    admit: async () => {
      throw new AppError("unauthenticated", "cannot serve the call: no key");
    },
  });
  const health = new HealthClient(world.address, credentials.createInsecure());
  const check = (service: string) =>
    new Promise((resolve, reject) => {
      health.check({ service }, (error, answer) => (answer === undefined ? reject(error) : resolve(answer.status)));
    });
  assert.equal(await check(""), ServingStatus.SERVING);
  assert.equal(await check("test.Echo"), ServingStatus.SERVING);
  await assert.rejects(check("test.Other"), refusedWith(status.NOT_FOUND, /no such service/));
  // The cut of a long name in a message may be in the middle of a character.
  await assert.rejects(check(`a${"\u{1f600}".repeat(200)}`), refusedWith(status.NOT_FOUND, /no such service/));
  assert.equal(await check(""), ServingStatus.SERVING);
  health.close();
});

test("a call whose deadline is over before it is admitted takes no room for its request", async () => {
  const admission = Promise.withResolvers<void>();
  let reserved = 0;
  await using world = await startServer({
    admit: async () => {
      await admission.promise;
      const reserve = (bytes: number) => {
        reserved += bytes;
        return () => undefined;
      };
      return { caller: "somebody", reserve };
    },
  });
  const late = await raw(world.session, [framed(Buffer.alloc(1000))], { "grpc-timeout": "50m" });
  assert.equal(late.code, String(status.DEADLINE_EXCEEDED));
  admission.resolve();
  assert.equal((await world.call(Buffer.alloc(10))).length, 10);
  assert.equal(reserved, 10);
});
