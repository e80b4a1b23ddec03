import assert from "node:assert/strict";
import { after, beforeEach, describe, it } from "node:test";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { AppError, invalid } from "@sightline/errors/app-error";
import { TargetServiceClient, TargetServiceService } from "@sightline/proto/sightline/collector/v1/target_service";
import { createClient } from "./client.ts";
import { unary } from "./handlers.ts";
import { createGrpcServer } from "./server.ts";

const exporter = new InMemorySpanExporter();
const sdk = new NodeSDK({
  autoDetectResources: false,
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  logRecordProcessors: [],
  metricReaders: [],
});
sdk.start();
after(() => sdk.shutdown());
beforeEach(() => exporter.reset());

const PATH = "sightline.collector.v1.TargetService";

/** A server whose three methods succeed, fail by the caller's fault, and fail by ours; and what trace each ran in. */
async function startServer(traced = true) {
  const traces: (string | undefined)[] = [];
  const note = () => void traces.push(trace.getSpanContext(context.active())?.traceId);
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: { error: () => undefined } });
  const options = { traced };
  server.addService(TargetServiceService, {
    listTargets: unary(async () => {
      note();
      return { targets: [] };
    }, options),
    putTarget: unary(() => Promise.reject(invalid("bad")), options),
    deleteTarget: unary(() => Promise.reject(new AppError("unavailable", "away")), options),
  });
  const address = `127.0.0.1:${await server.listen()}`;
  return { address, traces, [Symbol.asyncDispose]: () => server.close(100) };
}

/** Spans by kind and name; the client's status comes back before the server's span has ended. */
function spans() {
  return exporter.getFinishedSpans().map((span) => ({ kind: SpanKind[span.kind], name: span.name, span }));
}

describe("the trace of a call", () => {
  it("goes on from the caller's span to the server's handler", async () => {
    await using world = await startServer();
    const client = createClient(TargetServiceClient, world.address, {});
    const root = trace.getTracer("test").startSpan("root");
    await context.with(trace.setSpan(context.active(), root), () => client.call("listTargets", {}));
    root.end();
    client.close();
    const { traceId, spanId } = root.spanContext();
    assert.deepEqual(world.traces, [traceId]);
    const [server, clientSpan] = ["SERVER", "CLIENT"].map((kind) => spans().find((each) => each.kind === kind)?.span);
    assert.equal(clientSpan?.parentSpanContext?.spanId, spanId);
    assert.equal(server?.parentSpanContext?.spanId, clientSpan?.spanContext().spanId);
    assert.equal(server?.name, `${PATH}/ListTargets`);
    assert.equal(server?.attributes["rpc.method"], "ListTargets");
    assert.equal(server?.status.code, SpanStatusCode.UNSET);
  });

  it("marks a failure where it is one: the caller's fault is none of the server's", async () => {
    await using world = await startServer();
    const client = createClient(TargetServiceClient, world.address, {});
    await assert.rejects(client.call("putTarget", { target: undefined }));
    await assert.rejects(client.call("deleteTarget", { name: "x" }));
    client.close();
    const status = (kind: string, method: string) =>
      spans().find((each) => each.kind === kind && each.name.endsWith(method))?.span.status.code;
    assert.equal(status("SERVER", "PutTarget"), SpanStatusCode.UNSET);
    assert.equal(status("CLIENT", "PutTarget"), SpanStatusCode.ERROR);
    assert.equal(status("SERVER", "DeleteTarget"), SpanStatusCode.ERROR);
    assert.equal(status("CLIENT", "DeleteTarget"), SpanStatusCode.ERROR);
  });

  it("is not made where telemetry itself travels", async () => {
    await using world = await startServer(false);
    const client = createClient(TargetServiceClient, world.address, { traced: false });
    await client.call("listTargets", {});
    client.close();
    assert.deepEqual(spans(), []);
  });
});
