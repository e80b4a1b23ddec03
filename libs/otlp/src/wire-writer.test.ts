import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import {
  begin,
  end,
  openWriter,
  type WireWriter,
  writeBytesField,
  writeDoubleField,
  writeFixed64Field,
  writeStringField,
  writeVarint64Field,
  writeVarintField,
  writtenBytes,
} from "./wire-writer.ts";

/** A request with one record, whose body is what `writeBody` writes as an AnyValue. */
function requestWith(writeBody: (writer: WireWriter) => void): Buffer {
  const writer = openWriter();
  const resource = begin(writer, 1);
  const scope = begin(writer, 2);
  const record = begin(writer, 2);
  writeFixed64Field(writer, 1, 1_700_000_000_123_456_789n);
  writeVarintField(writer, 2, 17);
  writeBytesField(writer, 9, Buffer.alloc(16, 7));
  const body = begin(writer, 5);
  writeBody(writer);
  end(writer, body);
  end(writer, record);
  end(writer, scope);
  end(writer, resource);
  return writtenBytes(writer);
}

function readBack(bytes: Buffer) {
  return ExportLogsServiceRequest.decode(bytes).resourceLogs[0]?.scopeLogs[0]?.logRecords[0];
}

describe("what is written is read back by another protobuf reader", () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 100_000, 3_000_000]) {
    test(`a text of ${length} bytes`, () => {
      const text = "x".repeat(length);
      const record = readBack(requestWith((writer) => writeStringField(writer, 1, text)));
      assert.equal(record?.timeUnixNano, 1_700_000_000_123_456_789n);
      assert.equal(record?.severityNumber, 17);
      assert.deepEqual(Buffer.from(record?.traceId ?? []), Buffer.alloc(16, 7));
      assert.deepEqual(record?.body?.value, { $case: "stringValue", value: text });
    });
  }

  test("text beyond ASCII", () => {
    const text = "häuser 家 🏠".repeat(50);
    const record = readBack(requestWith((writer) => writeStringField(writer, 1, text)));
    assert.deepEqual(record?.body?.value, { $case: "stringValue", value: text });
  });

  for (const value of [0n, 127n, 128n, 2n ** 53n, -1n, -(2n ** 63n), 2n ** 63n - 1n]) {
    test(`the integer ${value}`, () => {
      const record = readBack(requestWith((writer) => writeVarint64Field(writer, 3, value)));
      assert.deepEqual(record?.body?.value, { $case: "intValue", value });
    });
  }

  test("a double, and a size of up to 2^53 as a varint", () => {
    const double = readBack(requestWith((writer) => writeDoubleField(writer, 4, -0.1)));
    assert.deepEqual(double?.body?.value, { $case: "doubleValue", value: -0.1 });
    const integer = readBack(requestWith((writer) => writeVarintField(writer, 3, 2 ** 53)));
    assert.deepEqual(integer?.body?.value, { $case: "intValue", value: 2n ** 53n });
  });
});

test("more than the writer may hold is refused", () => {
  const writer = openWriter(100_000);
  assert.throws(() => writeBytesField(writer, 1, Buffer.alloc(200_000)), { code: "too_large" });
});
