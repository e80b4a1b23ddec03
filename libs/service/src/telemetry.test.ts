import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type handleUnaryCall, Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { trace } from "@opentelemetry/api";
import { createLogger } from "./logger.ts";
import { createSecret } from "./secret.ts";
import { startTelemetry } from "./telemetry.ts";

const bytes = (value: Buffer) => value;

/** A receiver of OTLP/gRPC that keeps what it gets. */
async function receiver() {
  const got: { signal: string; authorization: unknown; body: Buffer }[] = [];
  const server = new Server();
  for (const [signal, path] of [
    ["traces", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"],
    ["logs", "/opentelemetry.proto.collector.logs.v1.LogsService/Export"],
  ] as const) {
    const take: handleUnaryCall<Buffer, Buffer> = ({ request, metadata }, callback) => {
      got.push({ signal, authorization: metadata.get("authorization")[0], body: request });
      callback(null, Buffer.alloc(0));
    };
    const codec = {
      requestDeserialize: bytes,
      requestSerialize: bytes,
      responseDeserialize: bytes,
      responseSerialize: bytes,
    };
    const implementation: UntypedServiceImplementation = { export: take };
    server.addService({ export: { path, requestStream: false, responseStream: false, ...codec } }, implementation);
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { got, endpoint: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => server.forceShutdown() };
}

describe("telemetry", () => {
  it("sends spans and log lines with the API key, tied together, and nothing about the sending", async () => {
    using ingest = await receiver();
    const complaints: string[] = [];
    const destination = { write: (line: string) => void complaints.push(line) };
    const telemetry = startTelemetry({
      name: "echo",
      version: "1.2.3",
      endpoint: ingest.endpoint,
      apiKey: createSecret("sl_key"),
      log: createLogger({ name: "echo", level: "debug", destination, bridged: false }),
    });
    const lines: string[] = [];
    const log = createLogger({ name: "echo", level: "info", destination: { write: (line) => void lines.push(line) } });
    let traceId = "";
    trace.getTracer("test").startActiveSpan("a piece of work", (span) => {
      traceId = span.spanContext().traceId;
      log.warn({ attempt: 3, err: new Error("no luck") }, "it did not work");
      span.end();
    });
    await telemetry.flush(5000);

    assert.deepEqual(ingest.got.map(({ signal }) => signal).sort(), ["logs", "traces"]);
    for (const { authorization, body } of ingest.got) {
      assert.equal(authorization, "Bearer sl_key");
      assert.ok(body.includes("sightline-echo"));
      assert.ok(body.includes(Buffer.from(traceId, "hex")));
    }
    const record = ingest.got.find(({ signal }) => signal === "logs")?.body;
    for (const text of ["it did not work", "WARN", "attempt", "exception.message", "no luck"]) {
      assert.ok(record?.includes(text), text);
    }
    assert.match(lines[0] ?? "", new RegExp(`"trace_id":"${traceId}"`));

    // Had the export made a span or a record, this would send it.
    await telemetry.flush(5000);
    await telemetry.stop(5000);
    assert.equal(ingest.got.length, 2);
    assert.deepEqual(complaints, []);
  });
});
