import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { AppError } from "@sightline/errors/app-error";
import { HealthClient } from "@sightline/proto/grpc/health/v1/health";
import { unary } from "./handlers.ts";
import { createGrpcServer } from "./server.ts";

const path = "/test.Echo/Say";

test("a call that is not admitted is refused before its request is read; health checks always pass", async () => {
  let read = 0;
  const method = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: Buffer) => value,
    requestDeserialize: (value: Buffer) => {
      read++;
      return value;
    },
    responseSerialize: (value: Buffer) => value,
    responseDeserialize: (value: Buffer) => value,
  } as const;
  const server = createGrpcServer({
    host: "127.0.0.1",
    port: 0,
    log: { error: () => undefined },
    maxReceiveBytes: 64 * 1024 * 1024,
    admit: async (metadata) => {
      if (metadata.get("key")[0] === "right") return;
      throw new AppError("unauthenticated", "the key is wrong");
    },
  });
  server.addService({ say: method }, { say: unary(async (request: Buffer) => request.subarray(0, 3)) });
  const address = `127.0.0.1:${await server.listen()}`;
  const client = new Client(address, credentials.createInsecure());
  const health = new HealthClient(address, credentials.createInsecure());
  const say = (key: string, body: Buffer) =>
    new Promise<Buffer | undefined>((resolve, reject) => {
      const metadata = new Metadata();
      metadata.set("key", key);
      const done = (error: ServiceError | null, answer?: Buffer) => (error === null ? resolve(answer) : reject(error));
      client.makeUnaryRequest(path, method.requestSerialize, method.responseDeserialize, body, metadata, done);
    });
  try {
    for (const body of [Buffer.alloc(0), Buffer.alloc(20_000_000)]) {
      await assert.rejects(say("wrong", body), { code: status.UNAUTHENTICATED, details: "the key is wrong" });
    }
    assert.equal(read, 0);
    assert.equal((await say("right", Buffer.from("hello")))?.toString(), "hel");
    const serving = await new Promise((resolve) => {
      health.check({ service: "" }, (error: ServiceError | null) => resolve(error === null));
    });
    assert.equal(serving, true);
  } finally {
    health.close();
    client.close();
    await server.close(1000);
  }
});
