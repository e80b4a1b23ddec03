import { runRateBench } from "@sightline/otlp/testing/bench";
import { finishAtOnce } from "../steps.ts";
import { encodeBatch, i64, tag } from "./testing/encode-batch.ts";
import { translateBatch } from "./translate.ts";

const SPANS = 1000;

const body = encodeBatch({
  process: {
    serviceName: "shop",
    tags: [tag("hostname", "web-1"), tag("ip", "10.0.0.1"), tag("jaeger.version", "Go")],
  },
  spans: Array.from({ length: SPANS }, (_, index) => ({
    operationName: `GET /cart/${index % 20}`,
    traceIdHigh: i64(BigInt(index) * 7919n),
    traceIdLow: i64(BigInt(index) * 104_729n + 1n),
    spanId: i64(BigInt(index + 1)),
    parentSpanId: i64(BigInt(index)),
    tags: [
      tag("span.kind", "server"),
      tag("http.method", "GET"),
      tag("http.url", `https://shop.example.com/cart/${index}`),
      { key: "http.status_code", vType: "LONG", vLong: i64(200n) },
      { key: "error", vType: "BOOL", vBool: index % 50 === 0 },
    ],
    logs: index % 10 === 0 ? [{ timestamp: i64(1_700_000_000_000_000n), fields: [tag("event", "retry")] }] : [],
  })),
});

runRateBench({
  bench: "jaeger-thrift",
  metric: "spans_per_second_per_core",
  unit: "spans/s",
  config: { spans: SPANS, bytesPerSpan: Math.round(body.length / SPANS) },
  batch: () => finishAtOnce(translateBatch(body, 64 * 1024 * 1024)).spans,
});
