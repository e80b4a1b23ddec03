// What opentelemetry-proto `docs/specification.md` demands of a server, beside what every door is held to.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:http2";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import { status } from "@grpc/grpc-js";
import { Status } from "@sightline/proto/google/rpc/status";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { ExportMetricsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/metrics/v1/metrics_service";
import {
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
} from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { decodeStatus } from "@sightline/rpc/status-details";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";
import { grpcSender, httpSender } from "../testing/sender.ts";
import { jsonResponse, protobufResponse } from "./answer.ts";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const maxHeldBytes = 1_048_576;
let ingest: IngestUnderTest;
let key: string;

before(async () => {
  ingest = await startIngest({ limits: { maxHeldBytes, maxHeldShare: 1 } });
  key = (await ingest.createKey("acme")).key;
});

after(() => ingest.stop());

const sendTo = (path: string, type: string) => httpSender({ path, headers: { "content-type": type } });

test("a signal that is not taken is 404 over HTTP and UNIMPLEMENTED over gRPC, so that nobody sends it again", async () => {
  const path = "/v1development/profiles";
  const inProtobuf = await sendTo(path, PROTOBUF).send(ingest, { body: Buffer.alloc(0), key });
  assert.deepEqual([inProtobuf.code, inProtobuf.verdict], [404, "refused"]);
  assert.equal(Status.decode(inProtobuf.body).code, status.NOT_FOUND);
  const inJson = await sendTo(path, JSON_TYPE).send(ingest, { body: Buffer.from("{}"), key });
  assert.equal(inJson.code, 404);
  assert.equal(z.object({ code: z.int() }).parse(JSON.parse(inJson.body.toString())).code, status.NOT_FOUND);
  const profiles = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
  const byGrpc = await grpcSender(profiles).send(ingest, { body: Buffer.alloc(0), key });
  assert.deepEqual([byGrpc.code, byGrpc.verdict], [status.UNIMPLEMENTED, "refused"]);
});

test("the answer's Content-Type is the request's, whatever parameters that has", async () => {
  for (const [sent, got] of [
    ["application/json; charset=utf-8", JSON_TYPE],
    ["Application/X-Protobuf", PROTOBUF],
  ] as const) {
    for (const body of [Buffer.from(sent.includes("json") ? "{}" : ""), Buffer.from("broken")]) {
      const reply = await sendTo("/v1/traces", sent).send(ingest, { body, key });
      assert.equal(reply.contentType, got);
    }
  }
});

test("what is wrong is a BadRequest among the details, when to come back a RetryInfo, in either encoding", async () => {
  const broken = Buffer.from("broken");
  const details = z.object({ details: z.array(z.looseObject({ "@type": z.string() })) });
  const typesIn = (body: Buffer) => details.parse(JSON.parse(body.toString())).details;

  const inProtobuf = decodeStatus((await sendTo("/v1/logs", PROTOBUF).send(ingest, { body: broken, key })).body);
  assert.equal(inProtobuf.violations.length, 1);
  const [badRequest] = typesIn((await sendTo("/v1/logs", JSON_TYPE).send(ingest, { body: broken, key })).body);
  assert.equal(badRequest?.["@type"], "type.googleapis.com/google.rpc.BadRequest");

  const other = await ingest.createKey("umbrella");
  const large = { body: Buffer.alloc(maxHeldBytes), key: other.key };
  const begun = await sendTo("/v1/logs", PROTOBUF).begin(ingest, large);
  try {
    await eventually(async () => (await ingest.metric("sightline_ingest_held_bytes")) >= maxHeldBytes);
    const busy = await sendTo("/v1/logs", PROTOBUF).send(ingest, { body: broken, key });
    assert.deepEqual([busy.code, busy.retryAfterMs], [503, 1000]);
    assert.equal(decodeStatus(busy.body).retryAfterMs, 1000);
    const [retryInfo] = typesIn((await sendTo("/v1/logs", JSON_TYPE).send(ingest, { body: broken, key })).body);
    assert.deepEqual(retryInfo, { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1s" });
  } finally {
    begun.leave();
  }
  await eventually(async () => (await ingest.metric("sightline_ingest_held_bytes")) === 0);
});

test("a message that does not decompress is refused for good", async () => {
  const session = connect(`http://${ingest.grpc}`);
  const stream = session.request({
    ...{ ":method": "POST", ":path": "/opentelemetry.proto.collector.logs.v1.LogsService/Export", te: "trailers" },
    ...{ "content-type": "application/grpc", "grpc-encoding": "gzip", authorization: `Bearer ${key}` },
  });
  // A message that says it is compressed, and is not.
  stream.end(Buffer.from([1, 0, 0, 0, 4, 0x62, 0x75, 0x73, 0x74]));
  const code = await new Promise<number>((resolve) => {
    // The status is in the trailers, or with nothing before them in the headers.
    for (const part of ["response", "trailers"] as const) {
      stream.once(part, (headers) => headers["grpc-status"] !== undefined && resolve(Number(headers["grpc-status"])));
    }
  });
  stream.resume();
  assert.equal(code, status.INVALID_ARGUMENT);
  session.close();
});

test("an answer is never longer than a few kilobytes, whatever a refusal has to say", () => {
  const refused = { records: 1, message: "x".repeat(5_000_000) };
  assert.ok(protobufResponse("traces", refused).length < 10_000);
  assert.ok(jsonResponse("logs", refused).length < 10_000);
  const { partialSuccess } = ExportTraceServiceResponse.decode(protobufResponse("traces", refused));
  assert.equal(partialSuccess?.rejectedSpans, 1n);
});

test("all taken with a word of warning: nothing rejected, and a message", () => {
  const warned = { records: 0, message: "deprecated" };
  const { partialSuccess } = ExportTraceServiceResponse.decode(protobufResponse("traces", warned));
  assert.deepEqual(partialSuccess, { rejectedSpans: 0n, errorMessage: "deprecated" });
  assert.deepEqual(JSON.parse(jsonResponse("traces", warned)), {
    partialSuccess: { rejectedSpans: "0", errorMessage: "deprecated" },
  });
});

const examples = resolve(import.meta.dirname, "../../../../../../shared/data/otlp");
const skip = existsSync(examples) ? false : `no examples of opentelemetry-proto at ${examples}`;

test("the examples of opentelemetry-proto are taken as they are", { skip }, async () => {
  const named = (value: object, name: string) =>
    JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part)).includes(name);
  const cases = [
    {
      file: "trace.json",
      signal: "traces",
      decode: ExportTraceServiceRequest.decode,
      name: "I'm a server span",
      records: 1,
    },
    {
      file: "metrics.json",
      signal: "metrics",
      decode: ExportMetricsServiceRequest.decode,
      name: "my.counter",
      records: 4,
    },
    {
      file: "logs.json",
      signal: "logs",
      decode: ExportLogsServiceRequest.decode,
      name: "Example log record",
      records: 1,
    },
    {
      file: "events.json",
      signal: "logs",
      decode: ExportLogsServiceRequest.decode,
      name: "browser.page_view",
      records: 1,
    },
  ] as const;
  for (const { file, signal, decode, name, records } of cases) {
    const seq = await ingest.lastSeq();
    const body = readFileSync(resolve(examples, file));
    const reply = await sendTo(`/v1/${signal}`, JSON_TYPE).send(ingest, { body, key });
    assert.equal(reply.code, 200, `${file}: ${reply.body}`);
    assert.equal(reply.body.toString(), "{}");
    const [message] = await ingest.stored(signal, seq);
    assert.equal(message?.records, records, file);
    assert.ok(named(decode(message?.payload ?? Buffer.alloc(0)), name), file);
  }
});
