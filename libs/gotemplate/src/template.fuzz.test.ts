// Templates that nobody would write neither crash nor hang. More of them by SIGHTLINE_FUZZ_CASES.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import { budgetOf, escapeForHtml, expandHtml, expandText, type Limits, parseSource } from "./template.ts";
import { answerData, answerFunctions } from "./testing/answer-data.ts";

const cases = fuzzCases(100_000);
const limits: Limits = { maxUnits: 100_000, maxCharacters: 10_000 };

const words: readonly [string, ...string[]] = [
  "{{",
  ...[
    "{{",
    "}}",
    "{{",
    "}}",
    "{{- ",
    " -}}",
    "{{end}}",
    "{{else}}",
    "{{if .T}}",
    "{{range .A}}",
    "{{with .H}}",
    "{{/*",
    "*/}}",
  ],
  ...[" ", "|", "(", ")", ".", "$", "$x", ":=", "=", ",", "\n", "\0", "é", "😀", "\ud800", "`", '"', "'", "\\", "#"],
  ...[".A", ".MSI.one", ".N", ".Y.Z", ".Dur.Seconds", ".When", ".H", ".C", ".W", ".U", ".constructor"],
  ...[
    "print",
    "printf",
    "println",
    "len",
    "index",
    "slice",
    "eq",
    "lt",
    "and",
    "or",
    "not",
    "html",
    "js",
    "urlquery",
    "call",
    "add",
  ],
  ...["1", "-1", "1e309", "0x1F", "1_0", "1i", "'c'", '"%v"', '"%*d"', '"%[1]999999d"', '"a"', "`r`", "true", "nil"],
  ...[
    "if",
    "else",
    "end",
    "range",
    "with",
    "template",
    "define",
    "block",
    "break",
    "continue",
    '"n"',
    "{{template `n` .}}",
    "{{define `n`}}",
  ],
  ...[
    "<a href=",
    "<a ",
    '"',
    "'",
    ">",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<title>",
    ' style="',
    ' onclick="',
    "url(",
    "<!--",
  ],
  ...["-->", "/*", "*/", "//", "${", "{", "}", "/", "?", "&quot;", "&#x", '<meta content="', "url=", "<", "=", "data-"],
];

/** What a template gives; what is wrong with it may only be told in words. */
function tolerate<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code !== "internal") return undefined;
    throw thrown;
  }
}

test("no text is too odd for a template", () => {
  const random = fuzzRandom(7);
  const expand = { name: "t", data: answerData, functions: answerFunctions, missingKey: "zero" as const };
  for (let count = 0; count < cases; count++) {
    const length = 1 + random.below(14);
    const text = Array.from({ length }, () => random.pick(words)).join("");
    const parsed = () => parseSource({ name: "t", text }, answerFunctions);
    try {
      const templates = tolerate(parsed);
      if (templates === undefined) continue;
      const { maxCharacters } = limits;
      tolerate(() => expandText({ ...expand, templates, maxCharacters, budget: budgetOf(limits) }));
      const escaped = tolerate(() => escapeForHtml(templates, "t"));
      if (escaped === undefined) continue;
      const made = tolerate(() =>
        expandHtml({ ...expand, templates: escaped, maxCharacters, budget: budgetOf(limits) }),
      );
      assert.ok((made ?? "").length <= limits.maxCharacters);
    } catch (thrown) {
      assert.fail(`${JSON.stringify(text)}: ${thrown instanceof Error ? thrown.stack : thrown}`);
    }
  }
});
