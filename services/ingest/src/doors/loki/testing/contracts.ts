import assert from "node:assert/strict";
import { compressSync } from "snappy";
import { logMarksIn } from "../../otlp/testing/kinds.ts";
import { type DoorContract, usualCompressions } from "../../testing/door-contract.ts";
import { httpSender, type Reply } from "../../testing/sender.ts";
import { pushRequest } from "./push.ts";

const TIME = BigInt(Date.now()) * 1_000_000n;

const { gzip, deflate } = usualCompressions;

const entriesOf = (marks: readonly string[]) => marks.map((line) => ({ timeUnixNano: TIME, line }));
const labels = '{job="test"}';

const common = {
  protocol: "loki",
  signal: "logs",
  marksIn: logMarksIn,
  assertRefusal: ({ contentType, body }: Reply) => {
    assert.equal(contentType, "text/plain; charset=utf-8");
    assert.match(body.toString(), /^.+\n$/);
  },
} as const;

/** The first mark, then a stream whose labels cannot be read, then the other marks. */
function withBadStream([first = "", ...rest]: readonly string[]) {
  return [
    { labels, entries: entriesOf([first]) },
    { labels: "{job=", entries: entriesOf(["bad"]) },
    { labels, entries: entriesOf(rest) },
  ];
}

const assertPartly = ({ code, body }: Reply): void => {
  assert.equal(code, 400);
  assert.match(body.toString(), /cannot take 1 of 4 entries, the first of them entry 2: cannot read the labels/);
};

/** Loki's push API, in protobuf and in JSON. */
export const lokiContracts: readonly DoorContract[] = [
  {
    ...common,
    name: "Loki, protobuf",
    sender: httpSender({ path: "/loki/api/v1/push", headers: { "content-type": "application/x-protobuf" } }),
    request: (marks) => compressSync(pushRequest([{ labels, entries: entriesOf(marks) }])),
    empty: [Buffer.alloc(0), compressSync(Buffer.alloc(0))],
    malformed: [compressSync(Buffer.of(0x0a, 0xff, 0x01)), pushRequest([{ labels, entries: entriesOf(["x"]) }])],
    half: {
      refused: 1,
      request: (marks) => compressSync(pushRequest(withBadStream(marks))),
      assertSaid: assertPartly,
    },
  },
  {
    ...common,
    name: "Loki, JSON at the legacy path",
    compressions: { gzip, deflate, snappy: (plain) => compressSync(Buffer.from(plain)) },
    sender: httpSender({ path: "/api/prom/push", headers: { "content-type": "application/json" } }),
    request: (marks) => {
      const values = marks.map((line) => [String(TIME), line]);
      return Buffer.from(JSON.stringify({ streams: [{ stream: { job: "test" }, values }] }));
    },
    empty: [Buffer.alloc(0), Buffer.from("{}"), Buffer.from('{"streams":[]}')],
    malformed: [Buffer.from("{"), Buffer.from('{"streams":[{"stream":{},"values":[[1,"x"]]}]}')],
    half: {
      refused: 1,
      request: (marks) => {
        const streams = withBadStream(marks).map((stream) => ({
          labels: stream.labels,
          entries: stream.entries.map(({ line }) => ({ ts: new Date().toISOString(), line })),
        }));
        return Buffer.from(JSON.stringify({ streams }));
      },
      assertSaid: assertPartly,
    },
  },
];
