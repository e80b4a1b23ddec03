// Texts as long as they may be: no one may keep the others waiting.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { assertGrowsEvenly } from "@sightline/testkit/growth";
import { lenientCondition } from "./lenient.ts";
import { parseTraceQl } from "./traceql.ts";

const pieces: readonly string[] = [
  ...'1 1. - -- ( { [ " ` # \n \\ a .a span. {.a=1} {.a=1}&& {}>> {}| {.a=1&& .a=1|| {! {- 1+ |rate() |by( 1h 0x é 😀'.split(
    " ",
  ),
  ...[
    "/*",
    "/* ",
    "/* */",
    "// \n",
    ' "',
    '{."a',
    "{.a=~`(`}",
    "{.a=~`(",
    "with(",
    "min(",
    "|select(.a,",
    " ",
    "{}|count()>1",
    ".a.",
  ],
];

function read(source: string): void {
  lenientCondition(source);
  try {
    parseTraceQl(source);
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument", `${source.slice(0, 30)}…: ${thrown}`);
  }
}

describe("a long query of TraceQL", () => {
  for (const head of ["", "{", "{} | "]) {
    it(`is read in a time that grows as it does: ${head}…`, () => {
      for (const piece of pieces) {
        for (const tail of ["", "}"]) {
          const run = (size: number) => read(head + piece.repeat(size / piece.length) + tail);
          assertGrowsEvenly(`${head}${piece}…${tail}`, run, { from: 500, to: 64_000 });
        }
      }
    });
  }

  it("is wrong where the groups of a pattern nest too deeply", () => {
    const nested = `{.a=~"${"(".repeat(5000)}a${")".repeat(5000)}"}`;
    assert.throws(() => parseTraceQl(nested), /nests too deeply/);
    read(nested);
  });
});
