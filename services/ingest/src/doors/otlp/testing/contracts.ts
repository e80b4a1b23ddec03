import assert from "node:assert/strict";
import { Status } from "@sightline/proto/google/rpc/status";
import { z } from "zod";
import { type DoorContract, type HalfRefused, usualCompressions } from "../../testing/door-contract.ts";
import { grpcSender, httpSender, type Reply } from "../../testing/sender.ts";
import { jsonOf, type Kind, logs, metrics, type Sent, traces } from "./kinds.ts";

const good = (marks: readonly string[]): Sent[] => marks.map((mark) => ({ mark, bad: false }));
/** The marks with a bad record behind the first one. */
const withBad = (marks: readonly string[]): Sent[] => marks.map((mark, at) => ({ mark, bad: at === 0 }));

/** Asserts that a refusal is a google.rpc.Status in protobuf. */
function assertProtobufStatus({ contentType, body }: Reply): void {
  assert.equal(contentType, "application/x-protobuf");
  const { code, message } = Status.decode(body);
  assert.ok(code > 0);
  assert.notEqual(message, "");
}

/** Asserts that a refusal is a google.rpc.Status in JSON. */
export function assertJsonStatus({ contentType, body }: Reply): void {
  assert.equal(contentType, "application/json");
  const { message } = z.object({ code: z.int().min(1), message: z.string() }).parse(JSON.parse(body.toString()));
  assert.notEqual(message, "");
}

/** What both transports of protobuf have in common. */
function inProtobuf({ signal, marksIn, encode, rejectedOf, reason }: Kind) {
  const half: HalfRefused = {
    refused: 1,
    request: (marks) => encode(withBad(marks)),
    assertSaid: ({ verdict, body }) => {
      assert.equal(verdict, "taken");
      const [count, why] = rejectedOf(body);
      assert.equal(count, 1n);
      assert.match(why ?? "", reason);
    },
  };
  return {
    ...{ signal, marksIn, half },
    request: (marks: readonly string[]) => encode(good(marks)),
    empty: [Buffer.alloc(0)],
    malformed: [Uint8Array.of(0x0a, 0xff, 0x01), Buffer.from("not a protobuf message")],
  };
}

function byGrpc(kind: Kind): DoorContract {
  return {
    ...inProtobuf(kind),
    name: `OTLP/gRPC, ${kind.signal}`,
    protocol: "otlp-grpc",
    sender: grpcSender(kind.grpcPath),
    assertRefusal: ({ body }) => assert.notEqual(body.length, 0),
  };
}

function byHttp(kind: Kind): DoorContract {
  return {
    ...inProtobuf(kind),
    name: `OTLP/HTTP, ${kind.signal}`,
    protocol: "otlp-http",
    compressions: usualCompressions,
    sender: httpSender({ path: `/v1/${kind.signal}`, headers: { "content-type": "application/x-protobuf" } }),
    assertRefusal: assertProtobufStatus,
  };
}

function inJson({ signal, marksIn, request, field, rejectedField, reason }: Kind): DoorContract {
  const encode = (records: readonly Sent[]) => Buffer.from(JSON.stringify(jsonOf(request(records))));
  return {
    ...{ signal, marksIn },
    name: `OTLP/HTTP, ${signal} in JSON`,
    protocol: "otlp-http",
    compressions: usualCompressions,
    sender: httpSender({ path: `/v1/${signal}`, headers: { "content-type": "application/json" } }),
    request: (marks) => encode(good(marks)),
    empty: [Buffer.from("{}"), Buffer.from(`{"${field}":[]}`)],
    malformed: [Buffer.from("{"), Buffer.from(`{"${field}":1}`), Buffer.from("[]")],
    half: {
      refused: 1,
      request: (marks) => encode(withBad(marks)),
      assertSaid: ({ code, body }) => {
        assert.equal(code, 200);
        const partialSuccess = z.strictObject({ [rejectedField]: z.literal("1"), errorMessage: z.string() });
        const answer = z.strictObject({ partialSuccess }).parse(JSON.parse(body.toString()));
        assert.match(String(answer.partialSuccess["errorMessage"]), reason);
      },
    },
    assertRefusal: assertJsonStatus,
  };
}

/** OTLP: each signal by gRPC, and by HTTP in protobuf and in JSON. */
export const otlpContracts: readonly DoorContract[] = [traces, metrics, logs].flatMap((kind) => [
  byGrpc(kind),
  byHttp(kind),
  inJson(kind),
]);
