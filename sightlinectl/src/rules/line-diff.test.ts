import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lineDiff } from "./line-diff.ts";

const dir = mkdtempSync(join(tmpdir(), "sightline-diff-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const numbers = (count: number) => Array.from({ length: count }, (_, at) => `${at}\n`).join("");

test("texts that are equal do not differ", () => assert.deepEqual(lineDiff("a\n", "a\n", ["a", "b"]), []));

test("hunks say where they are", () => {
  assert.deepEqual(lineDiff(numbers(12), numbers(12).replace("6\n", "six\nsept\n"), ["old", "new"]), [
    "--- old",
    "+++ new",
    "@@ -4,7 +4,8 @@",
    ...[" 3", " 4", " 5", "-6", "+six", "+sept", " 7", " 8", " 9"],
  ]);
});

test("patch(1) makes one text of the other by it", () => {
  const cases: readonly [string, string][] = [
    ["", "a\nb\n"],
    ["a\nb\n", ""],
    [numbers(40), numbers(40).replace("3\n", "").replace("30\n", "x\ny\n")],
    [numbers(5), `first\n${numbers(5)}last\n`],
    ["a\nb\nc\n", "c\nb\na\n"],
    ["a\nb", "a\nc"],
    ["a\nb\n", "a\nb"],
    ["a", "b\n"],
    [numbers(3000), numbers(3000).replaceAll("1\n", "one\n")],
  ];
  for (const [before, wanted] of cases) {
    const file = join(dir, "file");
    writeFileSync(file, before);
    const input = `${lineDiff(before, wanted, ["file", "file"]).join("\n")}\n`;
    execFileSync("patch", ["--quiet", "--unified", "-o", `${file}.new`, file], { input });
    assert.equal(execFileSync("cat", [`${file}.new`], { encoding: "utf8" }), wanted);
  }
});
