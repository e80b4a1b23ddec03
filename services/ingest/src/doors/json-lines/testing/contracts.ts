import assert from "node:assert/strict";
import { z } from "zod";
import { assertJsonStatus } from "../../otlp/testing/contracts.ts";
import { logMarksIn } from "../../otlp/testing/kinds.ts";
import { type DoorContract, usualCompressions } from "../../testing/door-contract.ts";
import { httpSender, type Reply } from "../../testing/sender.ts";

const common = {
  protocol: "json-lines",
  signal: "logs",
  marksIn: logMarksIn,
  compressions: usualCompressions,
  assertRefusal: assertJsonStatus,
} as const;

const answer = z.strictObject({
  accepted: z.int(),
  refused: z.int(),
  rejected: z.array(z.record(z.string(), z.union([z.int(), z.string()]))),
});

function saidOf({ code, body }: Reply) {
  assert.equal(code, 200);
  return answer.parse(JSON.parse(body.toString()));
}

const linesOf = (marks: readonly string[]): string => marks.map((msg) => `${JSON.stringify({ msg })}\n`).join("");

/** Log lines, as JSON lines and as a document. */
export const jsonLinesContracts: readonly DoorContract[] = [
  {
    ...common,
    name: "JSON lines",
    sender: httpSender({ path: "/v1/logs/lines", headers: { "content-type": "application/x-ndjson" } }),
    request: (marks) => Buffer.from(linesOf(marks)),
    empty: [Buffer.alloc(0), Buffer.from("\n\r\n")],
    malformed: [Buffer.from("{"), Buffer.from([0xff, 0xfe]), Buffer.from("[]\n7\n")],
    half: {
      refused: 2,
      request: ([first = "", ...rest]) => Buffer.from(`${linesOf([first])}{"cut":\nnone\n${linesOf(rest)}`),
      assertSaid: (reply) => {
        const { accepted, refused, rejected } = saidOf(reply);
        assert.deepEqual([accepted, refused, rejected.map(({ line }) => line)], [3, 2, [2, 3]]);
      },
    },
  },
  {
    ...common,
    name: "log records in a JSON array",
    sender: httpSender({ path: "/v1/logs/lines", headers: { "content-type": "application/json" } }),
    request: (marks) => Buffer.from(JSON.stringify(marks.map((message) => ({ message })))),
    empty: [Buffer.alloc(0), Buffer.from("[]")],
    malformed: [Buffer.from("["), Buffer.from([0xff, 0xfe]), Buffer.from("[1]")],
    half: {
      refused: 1,
      request: ([first = "", ...rest]) =>
        Buffer.from(JSON.stringify([{ message: first }, 7, ...rest.map((message) => ({ message }))])),
      assertSaid: (reply) => {
        const { accepted, refused, rejected } = saidOf(reply);
        assert.deepEqual([accepted, refused, rejected], [3, 1, [{ index: 1, reason: "want an object" }]]);
      },
    },
  },
];
