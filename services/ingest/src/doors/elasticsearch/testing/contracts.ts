import assert from "node:assert/strict";
import { z } from "zod";
import { logMarksIn } from "../../otlp/testing/kinds.ts";
import { type DoorContract, usualCompressions } from "../../testing/door-contract.ts";
import { httpSender } from "../../testing/sender.ts";

function bulkOf(lines: readonly object[]): Buffer {
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const create = (message: string) => [{ create: { _index: "logs-test-default" } }, { message }];

const bulkAnswer = z.object({
  errors: z.boolean(),
  items: z.array(
    z.record(z.string(), z.object({ status: z.int(), error: z.object({ reason: z.string() }).optional() })),
  ),
});

const refusal = z.object({
  status: z.int(),
  error: z.object({ type: z.string(), reason: z.string().min(1), root_cause: z.array(z.unknown()).length(1) }),
});

/** Elasticsearch's Bulk API. */
export const elasticsearchContracts: readonly DoorContract[] = [
  {
    name: "Elasticsearch, bulk",
    protocol: "elasticsearch",
    signal: "logs",
    marksIn: logMarksIn,
    sender: httpSender({ path: "/_bulk", headers: { "content-type": "application/x-ndjson" } }),
    compressions: usualCompressions,
    request: (marks) => bulkOf(marks.flatMap(create)),
    empty: [Buffer.alloc(0), Buffer.from("\n")],
    malformed: [Buffer.from("{"), Buffer.from('{"drop":{}}\n{}\n'), Buffer.from([0xff, 0xfe])],
    half: {
      refused: 2,
      request: ([first = "", ...rest]) =>
        bulkOf([
          ...create(first),
          { delete: { _index: "a", _id: "1" } },
          { create: {} },
          { message: "no index" },
          ...rest.flatMap(create),
        ]),
      assertSaid: ({ code, body }) => {
        assert.equal(code, 200);
        const { errors, items } = bulkAnswer.parse(JSON.parse(body.toString()));
        assert.equal(errors, true);
        assert.deepEqual(
          items.flatMap((item) =>
            Object.entries(item).map(([action, { status, error }]) => [action, status, error === undefined]),
          ),
          [
            ["create", 201, true],
            ["delete", 400, false],
            ["create", 400, false],
            ["create", 201, true],
            ["create", 201, true],
          ],
        );
      },
    },
    assertRefusal: ({ code, contentType, body }) => {
      assert.equal(contentType, "application/json");
      assert.equal(refusal.parse(JSON.parse(body.toString())).status, code);
    },
  },
];
