// The database must never drop a line that a pipeline lets pass. More cases by SIGHTLINE_FUZZ_CASES.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import { parseLogql } from "../logql.ts";
import { createLine, fillLine, type StoredLine } from "../stages/line.ts";
import { createPipeline } from "../stages/pipeline.ts";
import { holds } from "../testing/memory-source.ts";
import { pushDown } from "./condition.ts";

const cases = fuzzCases(20_000) / 10;

const pieces = ["a", "b", "ab", "B", " ", "=", "é", "ü1", "5", "-", "a=b"] as const;

function randomText(random: Random, most: number): string {
  let text = "";
  for (let at = random.below(most + 1); at > 0; at--) text += random.pick(pieces);
  return text;
}

const patternPieces = [
  ...pieces,
  ".",
  ".*",
  "a+",
  "b?",
  "[ab]",
  "\\d",
  "(a)",
  "^",
  "$",
  "\\.",
  "a{1,2}",
  "|",
  "(?i)A",
] as const;

function randomPattern(random: Random): string {
  let text = "";
  for (let at = 1 + random.below(4); at > 0; at--) text += random.pick(patternPieces);
  return text;
}

function randomStage(random: Random): string {
  const value = () => quote(randomText(random, 3));
  switch (random.below(12)) {
    case 0:
    case 1:
      return `|= ${value()}`;
    case 2:
      return `|= ${value()} or ${value()}`;
    case 3:
      return `!= ${value()} or ${value()}`;
    case 4:
      return `|~ ${quote(randomPattern(random))}`;
    case 5:
      return `!~ ${quote(randomPattern(random))}`;
    case 6:
      return `|> ${quote(`${randomText(random, 2)}<_>${randomText(random, 2)}`)}`;
    case 7:
      return `| m=${value()} or s!=${value()}`;
    case 8:
      return `| s=~${quote(randomPattern(random))}`;
    case 9:
      return "| (m > 3 or s=`a`) and m!=`b`";
    case 10:
      return random.pick([
        "| logfmt",
        "| drop m",
        "| label_format s=m",
        "| line_format `{{.s}} {{__line__}}`",
        "| decolorize",
      ]);
    default:
      return "| a=`b`";
  }
}

function randomLine(random: Random): StoredLine {
  const metadata = random.below(2) === 0 ? null : new Map([["m", randomText(random, 2)]]);
  const stream = new Map([["app", "a"], ...(random.below(2) === 0 ? [] : [["s", randomText(random, 2)] as const])]);
  return { timestampNs: 1n, text: randomText(random, 8), stream, metadata };
}

test("what a pipeline lets pass the database selects, and nothing else where it says so", () => {
  const random = fuzzRandom(3);
  let passed = 0;
  let exact = 0;
  for (let round = 0; round < cases; round++) {
    const source = `{app="a"} ${Array.from({ length: 1 + random.below(3) }, () => randomStage(random)).join(" ")}`;
    const expression = readable(source);
    if (expression === undefined) continue;
    const { conditions, isExact } = pushDown(expression.stages);
    const pipeline = createPipeline(expression, 0n);
    const line = createLine(null, false);
    for (let at = 0; at < 20; at++) {
      const stored = randomLine(random);
      fillLine(line, stored);
      const passes = pipeline(line);
      const selected = conditions.every((condition) => holds(condition, stored));
      if (passes) passed++;
      if (isExact) exact++;
      const told = () =>
        `${source} for ${JSON.stringify([stored.text, [...stored.stream], [...(stored.metadata ?? [])]])}`;
      if (passes && !selected) assert.fail(`not selected: ${told()}`);
      if (isExact && selected && !passes) assert.fail(`selected and dropped: ${told()}`);
    }
  }
  assert.ok(passed > cases && exact > cases, `passed ${passed}, exact ${exact}`);
});

/** The pipeline, or undefined where its random pattern is none. */
function readable(source: string) {
  try {
    const expression = parseLogql(source);
    return expression.type === "log" ? expression : undefined;
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined;
    throw thrown;
  }
}
