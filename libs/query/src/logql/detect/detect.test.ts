import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@sightline/testkit/random";
import type { AnsweredStream } from "../evaluate/result.ts";
import { createLine, fillLine } from "../stages/line.ts";
import { createLineFilter } from "../stages/line-filter.ts";
import { detectFields } from "./detect-fields.ts";
import { fieldTypeOf } from "./field-type.ts";
import { createPatternFinder } from "./line-patterns.ts";

const types = {
  int: ["0", "-12", "9223372036854775807"],
  float: ["1.5", "9223372036854775808", "1e3", "NaN"],
  boolean: ["true", "F"],
  duration: ["1h30m", "12ms"],
  bytes: ["12KB", "1.5 MiB"],
  string: ["", "info", "12 apples", "9".repeat(100_000).concat("x")],
};
for (const [type, texts] of Object.entries(types)) {
  for (const text of texts) {
    test(`${text.slice(0, 30)} is ${type}`, () => assert.equal(fieldTypeOf(text), type));
  }
}

test("fields are structured metadata, what the query took, and what JSON or logfmt finds in the text", () => {
  const none = new Map<string, string>();
  const line = (text: string, more: Partial<AnsweredStream["lines"][number]> = {}) => {
    return { timestampNs: 0n, text, metadata: none, parsed: none, ...more };
  };
  const streams: AnsweredStream[] = [
    {
      labels: new Map([["app", "shop"]]),
      lines: [
        line('{"took":"12ms","user":{"id":7},"app":"x"}', { metadata: new Map([["trace_id", "t1"]]) }),
        line('{"took":"13ms","user":{"id":8}}', { metadata: new Map([["trace_id", "t2"]]) }),
        line("took=3s ok=true", { parsed: new Map([["verb", "GET"]]) }),
        line("nothing to see here"),
        line("{broken"),
      ],
    },
  ];
  const found = detectFields(streams, 10).map(({ name, type, values, parsers }) => [name, type, values.size, parsers]);
  assert.deepEqual(found, [
    ["app_extracted", "string", 1, ["json"]],
    ["ok", "boolean", 1, ["logfmt"]],
    ["took", "duration", 3, ["json", "logfmt"]],
    ["trace_id", "string", 2, []],
    ["user_id", "int", 2, ["json"]],
    ["verb", "string", 1, ["logfmt"]],
  ]);
  assert.equal(detectFields(streams, 2).length, 2);
});

const finder = () => createPatternFinder({ maxPatterns: 100, maxAlike: 10 });

/** The patterns of lines, each once. */
function patternsOf(lines: readonly string[]): string[] {
  const find = finder();
  return [...new Set(lines.map((line) => find(line)))].map((pattern) => pattern?.text() ?? "none").sort();
}

test("lines that are alike have one pattern, in which what differs stands for anything", () => {
  assert.deepEqual(
    patternsOf([
      "ts=2024-03-30T23:03:40 caller=grpc_logging.go:66 level=info method=/cortex.Ingester/Push duration=200ms msg=gRPC",
      "ts=2024-03-30T23:03:41 caller=grpc_logging.go:66 level=info method=/cortex.Ingester/Push duration=500ms msg=gRPC",
      "connection from 10.0.0.7 closed by alice",
      "connection from 10.0.0.8 closed by bob",
      "worker started",
      '{"user":"ann","took":12}',
      '{"user":"bob","took":3}',
    ]),
    [
      "connection from <_> closed by <_>",
      "ts=<_>:<_>:<_> caller=grpc_logging.go:<_> level=info method=/cortex.Ingester/Push duration=<_> msg=gRPC",
      "worker started",
      '{"user":"<_>","took":<_>}',
    ],
  );
});

test("more patterns than there may be, and lines that are too long, are none", () => {
  const find = createPatternFinder({ maxPatterns: 2, maxAlike: 10 });
  const texts = ["a b", "c (d)", "e [f]", "a b", "x".repeat(4000)].map((line) => find(line)?.text());
  assert.deepEqual(texts, ["a b", "c (d)", undefined, "a b", undefined]);
});

test("a pattern that was found matches its lines as a line filter", () => {
  const random = createRandom(7);
  const words = [
    "user",
    "a1",
    "<tag>",
    "=",
    " ",
    "  ",
    '"',
    "{",
    "}",
    ":",
    "done",
    "failed",
    "10.0.0.1",
    "\t",
    "ü",
    ",",
  ];
  const lines = Array.from({ length: 2000 }, () =>
    Array.from({ length: 1 + random.below(9) }, () => words[random.below(words.length)] ?? "").join(""),
  );
  const find = createPatternFinder({ maxPatterns: 2000, maxAlike: 3 });
  const found = lines.map((line) => ({ line, pattern: find(line) }));
  const line = createLine(null, false);
  for (const { line: text, pattern } of found) {
    const value = pattern?.text() ?? assert.fail(`no pattern for ${text}`);
    const matches = createLineFilter({
      type: "line_filter",
      operator: "|>",
      operands: [{ kind: "text", value, position: 0 }],
      position: 0,
    });
    fillLine(line, { timestampNs: 0n, text, stream: new Map(), metadata: null });
    assert.ok(matches(line), `${JSON.stringify(value)} does not match ${JSON.stringify(text)}`);
  }
});
