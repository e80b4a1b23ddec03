// Jaeger's own client for Node sends to us.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ExportTraceServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { freePort } from "@sightline/testkit/free-port";
import jaeger from "jaeger-client";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";

let ingest: IngestUnderTest;
let key: string;
let port: number;

before(async () => {
  port = await freePort();
  ingest = await startIngest({ config: { jaeger: { port } } });
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

test("spans of jaeger-client arrive, on the port of Jaeger's collector and on the common one", async () => {
  for (const address of [`http://127.0.0.1:${port}`, ingest.http]) {
    const seq = await ingest.lastSeq();
    const tracer = jaeger.initTracer(
      {
        serviceName: "shop",
        traceId128bit: true,
        sampler: { type: "const", param: 1 },
        // This client has no other way to send a key than HTTP Basic.
        reporter: { collectorEndpoint: `${address}/api/traces`, username: "acme", password: key },
      },
      { tags: { version: "1.2.3" } },
    );
    const root = tracer.startSpan("GET /cart", { tags: { [jaeger.opentracing.Tags.SPAN_KIND]: "server" } });
    const child = tracer.startSpan("SELECT", { childOf: root });
    child.setTag(jaeger.opentracing.Tags.ERROR, true);
    child.log({ event: "retry", attempt: 2 });
    child.finish();
    root.finish();
    await new Promise<void>((resolve) => tracer.close(resolve));
    const [message] = await ingest.stored("traces", seq);
    assert.equal(message?.tenant, "acme");
    const [resource] = ExportTraceServiceRequest.decode(message?.payload ?? Buffer.alloc(0)).resourceSpans;
    const attributes = new Map(
      resource?.resource?.attributes.map(({ key: name, value }) => [name, value?.value?.value]),
    );
    assert.equal(attributes.get("service.name"), "shop");
    assert.equal(attributes.get("version"), "1.2.3");
    assert.ok(attributes.has("host.name"));
    const [select, get] = resource?.scopeSpans[0]?.spans ?? [];
    assert.ok(select && get);
    assert.equal(select.name, "SELECT");
    assert.equal(get.kind, 2);
    assert.equal(select.status?.code, 2);
    assert.equal(select.traceId.toString("hex"), get.traceId.toString("hex"));
    assert.equal(get.traceId.length, 16);
    assert.equal(select.parentSpanId.toString("hex"), get.spanId.toString("hex"));
    assert.equal(select.events[0]?.name, "retry");
    assert.ok(select.endTimeUnixNano >= select.startTimeUnixNano);
  }
});
