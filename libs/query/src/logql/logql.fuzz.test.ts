// Texts that nobody would write. More of them by SIGHTLINE_FUZZ_CASES.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import { createRandom } from "@sightline/testkit/random";
import { evaluateLogql } from "./evaluate/engine.ts";
import { format } from "./format.ts";
import { parseLogql } from "./logql.ts";
import { planLogql } from "./plan/plan.ts";
import { formatPretty } from "./pretty.ts";
import type { StoredLine } from "./stages/line.ts";
import { compileTemplate } from "./template/template.ts";
import { createMemorySource } from "./testing/memory-source.ts";
import { testLimits } from "./testing/run-script.ts";

const cases = fuzzCases(20_000);

const words: readonly [string, ...string[]] = [
  " ",
  ...'(){}[]|=!~<>,.+-*/%^"`\\#é😀\n0'.split(""),
  ...[
    '{app="a"}',
    "[5m]",
    "[1h] offset 5m",
    "|=",
    "|~",
    "!=",
    "|>",
    '"x"',
    "`(`",
    ' or "y"',
    ' ip("10.0.0.0/8")',
    "5ms",
    "1KB",
  ],
  ...[
    "| json",
    "| logfmt --strict",
    "| unpack",
    "| pattern `<a> <_>`",
    '| regexp "(?P<b>.)"',
    "| a=1",
    '| b="c"',
    "| c > 5s",
  ],
  ...[
    "| line_format `{{.a}}`",
    "| label_format a=b",
    "| drop a",
    "| keep b",
    "| decolorize",
    "| unwrap a",
    "| unwrap bytes(a)",
  ],
  ...[
    "rate(",
    "sum by (a) (",
    "topk(2, ",
    "quantile_over_time(0.5, ",
    "vector(1)",
    "label_replace(",
    ")",
    " and ",
    " unless ",
  ],
  ...[
    " > bool ",
    " on (a) ",
    " group_left (b) ",
    " by (a)",
    "count_over_time({app=~`.+`}[1m])",
    " / ",
    "1e3",
    "0x1p-2",
    "--keep-empty",
  ],
];

const lines: StoredLine[] = Array.from({ length: 20 }, (_, at) => ({
  timestampNs: BigInt(at) * 1_000_000_000n,
  text: createRandom(at).pick(['a=1 b="x y"', '{"a":"5ms","b":{"c":1}}', "GET /x 10.1.2.3", '{"_entry":"e"}', ""]),
  stream: new Map([["app", at % 2 === 0 ? "a" : "b"]]),
  metadata: at % 3 === 0 ? new Map([["a", "1KB"]]) : null,
}));

const parameters = {
  startNs: 5_000_000_000n,
  endNs: 20_000_000_000n,
  stepNs: 5e9,
  direction: "forward",
  limit: 10,
  nowNs: 0n,
  maxSteps: 100,
} as const;

/** What may become of a query that is right: an answer, or an error of ours that says what was wrong. */
async function evaluate(source: string): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  const options = { source: createMemorySource(lines), limits: testLimits, signal };
  await evaluateLogql(planLogql(parseLogql(source), parameters), options);
}

test("mixed-up texts neither crash nor hang, and what can be read prints back to itself", async () => {
  const random = fuzzRandom(20_261_121);
  let read = 0;
  for (let round = 0; round < cases; round++) {
    const length = 1 + random.below(8);
    let source = random.below(2) === 0 ? '{app="a"} ' : random.below(2) === 0 ? 'count_over_time({app="a"} ' : "";
    for (let at = 0; at < length; at++) source += random.pick(words);
    if (source.startsWith("count")) source += "[5s])";
    try {
      const text = format(parseLogql(source));
      read++;
      assert.equal(format(parseLogql(text)), text, source);
      assert.equal(format(parseLogql(formatPretty(parseLogql(source)))), text, source);
      if (read % 5 === 0) await evaluate(source);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "internal")
        throw new Error(`failed for ${source}`, { cause: error });
    }
  }
  assert.ok(read > cases / 200, `want some that can be read, got ${read} of ${cases}`);
});

const actions: readonly [string, ...string[]] = [
  " ",
  ..."{}()|.$,:=-\"`' \n".split(""),
  ...[
    "{{",
    "}}",
    "{{- ",
    " -}}",
    "/*",
    "*/",
    "if ",
    "else ",
    "end",
    "range ",
    "with ",
    "break",
    ".a",
    ".b.c",
    "$x",
    " := ",
    " = ",
  ],
  ...[
    "{{ .a }}",
    "{{ if .a }}",
    "{{ end }}",
    "{{ range fromJson .j }}",
    "{{ else }}",
    '"%5.2f"',
    "printf ",
    "index ",
    "5",
    "0x1F",
    "1.5",
  ],
  ...[
    "lower ",
    "repeat 3 ",
    "add 1 ",
    "div 1 0",
    "date ",
    "toDate ",
    "now",
    "__line__",
    "eq ",
    "and ",
    "or ",
    "not ",
    "nil",
    "true",
  ],
];

test("mixed-up templates neither crash nor hang", () => {
  const random = fuzzRandom(7);
  const labels = new Map([
    ["a", "x"],
    ["b", "5"],
    ["j", '[{"q":1},2]'],
  ]);
  let filled = 0;
  for (let round = 0; round < cases; round++) {
    const length = 1 + random.below(9);
    let source = random.below(2) === 0 ? "{{ " : "";
    for (let at = 0; at < length; at++) source += random.pick(actions);
    if (source.startsWith("{{ ") && random.below(2) === 0) source += " }}";
    try {
      compileTemplate(source, "line", 0n).render({ text: "line", timestampNs: 0n }, labels);
      filled++;
    } catch (error) {
      const { code } = AppError.from(error);
      if (code !== "invalid_argument" && code !== "resource_exhausted") {
        throw new Error(`failed for ${source}`, { cause: error });
      }
    }
  }
  assert.ok(filled > cases / 100, `want some that can be filled in, got ${filled} of ${cases}`);
});

const shreds: readonly [string, ...string[]] = [
  " ",
  ...'{}[]":,\\ \t=\n'.split(""),
  ...[
    '{"a":',
    '"b":1',
    "null",
    "true",
    "fals",
    "-1.5e3",
    '"\\u00e9"',
    '"\\uD83D\\uDE00"',
    '"\\x"',
    "a=b",
    ' c="d e"',
    ' e="',
    "\ufffd",
    "é",
  ],
];

test("mixed-up lines neither crash nor hang a parser", async () => {
  const random = fuzzRandom(11);
  const queries = [
    "json",
    'json a="a", b="b[0].c"',
    "logfmt",
    "logfmt --strict --keep-empty",
    "unpack",
    "pattern `<x>=<y>`",
  ];
  for (let round = 0; round < cases / 200; round++) {
    const shredded = Array.from({ length: 100 }, (_, at): StoredLine => {
      let text = random.below(2) === 0 ? "{" : "";
      for (let part = random.below(12); part >= 0; part--) text += random.pick(shreds);
      return { timestampNs: BigInt(at), text, stream: new Map([["app", "a"]]), metadata: null };
    });
    const stage = queries[round % queries.length] ?? "json";
    const plan = planLogql(parseLogql(`{app="a"} | ${stage}`), {
      ...parameters,
      startNs: 0n,
      endNs: 1000n,
      limit: 1000,
    });
    const signal = AbortSignal.timeout(10_000);
    const result = await evaluateLogql(plan, { source: createMemorySource(shredded), limits: testLimits, signal });
    const count = result.type === "streams" ? result.streams.reduce((sum, stream) => sum + stream.lines.length, 0) : 0;
    assert.equal(count, 100);
  }
});

test("looking at filters first changes no answer", async () => {
  const random = fuzzRandom(13);
  const parsers = ["json", "logfmt", "logfmt --strict", "unpack | json", "pattern `<a>=<b>`", "json | logfmt"] as const;
  const filters = ['a="1"', 'a!="null"', "b > 0", 'a=~".+" and b < 5', 'a="" or b="true"', 'a_extracted!=""'] as const;
  let answered = 0;
  for (let round = 0; round < cases / 400; round++) {
    const shredded = Array.from({ length: 50 }, (_, at): StoredLine => {
      let text = random.below(2) === 0 ? "{" : "";
      for (let part = random.below(12); part >= 0; part--) text += random.pick(shreds);
      return { timestampNs: BigInt(at), text, stream: new Map([["app", "a"]]), metadata: null };
    });
    const source = createMemorySource(shredded);
    const pipeline = `{app="a"} | ${random.pick(parsers)} | ${random.pick(filters)}`;
    const answer = async (query: string) => {
      const plan = planLogql(parseLogql(query), { ...parameters, startNs: 0n, endNs: 1000n, limit: 1000 });
      const signal = AbortSignal.timeout(10_000);
      const result = await evaluateLogql(plan, { source, limits: testLimits, signal });
      return result.type === "streams" ? result.streams : [];
    };
    const streams = await answer(pipeline);
    // Nothing is looked at first where a filter may see an error.
    assert.deepEqual(streams, await answer(`${pipeline} or __error__="nothing"`), pipeline);
    answered += streams.length;
  }
  assert.ok(answered > 0);
});
