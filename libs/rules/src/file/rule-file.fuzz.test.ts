import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import { planGroup } from "../evaluate/plan.ts";
import { PACKS, type Pack } from "../packs/packs.ts";
import { parseUnitTestFile } from "../unit-test/parse-unit-test-file.ts";
import { formatRuleFile } from "./format-rule-file.ts";
import { parseRuleFile } from "./parse-rule-file.ts";

const pieces = [
  ..."-:[]{}&*!|>'\"%@`#,?\\\n\t \u0000\ufeff\ud800".split(""),
  ...[
    "<<: *a",
    "&a ",
    "*a",
    "~",
    "null",
    "5m",
    "-1",
    "1e999",
    "__proto__: x",
    "constructor",
    "sightline:",
    "groups:",
    "---\n",
    "...",
    "!!binary x",
    "{{",
    "}}",
    "$window",
  ],
];

function pieceOf(random: Random): string {
  return pieces[random.below(pieces.length)] ?? "";
}

function packOf(random: Random): Pick<Pack, "rules" | "tests"> {
  return PACKS[random.below(PACKS.length)] ?? { rules: "", tests: "" };
}

/** The text with some of it replaced, left out, doubled or moved. */
function broken(random: Random, text: string): string {
  let result = text;
  for (let i = 0; i < 1 + random.below(4); i++) {
    const at = random.below(result.length + 1);
    const length = random.below(12);
    const cut = result.slice(at, at + length);
    const put = random.pick([pieceOf(random), pieceOf(random), "", cut + cut, cut.toUpperCase()]);
    result = result.slice(0, at) + put + result.slice(at + length);
  }
  return result;
}

test("whatever stands in a file is read or refused with its place, and what is read can be printed and planned", () => {
  const random = fuzzRandom(7);
  let fine = 0;
  const rounds = fuzzCases(20_000) / 50;
  for (let round = 0; round < rounds; round++) {
    // Some rules of a pack: what is wrong is to be seen in the rest as well.
    const rules = packOf(random)
      .rules.split("\n\n")
      .slice(0, 1 + random.below(3))
      .join("\n\n");
    const text = broken(random, rules);
    const { file, problems } = parseRuleFile(text);
    const lines = text.split("\n").length;
    for (const { place, message } of problems) {
      assert.ok(
        place.line >= 1 && place.line <= lines + 1 && place.column >= 1,
        `${place.line}:${place.column} of ${text}`,
      );
      assert.ok(message.length > 0);
    }
    if (problems.length > 0) continue;
    fine++;
    for (const group of file.groups) planGroup(group);
    const again = parseRuleFile(formatRuleFile(file));
    assert.deepEqual(again.problems, []);
    assert.deepEqual(again.file, file);
  }
  assert.ok(fine > rounds / 20, `only ${fine} of them were right`);
});

test("whatever stands in a file of unit tests is read or refused", () => {
  const random = fuzzRandom(8);
  let refused = 0;
  const rounds = fuzzCases(20_000) / 100;
  for (let round = 0; round < rounds; round++) {
    const tests = packOf(random).tests.split("\n\n").slice(0, 2).join("\n\n");
    if (parseUnitTestFile(broken(random, tests)).problems.length > 0) refused++;
  }
  assert.ok(refused > rounds / 10, `only ${refused} of them were refused`);
});
