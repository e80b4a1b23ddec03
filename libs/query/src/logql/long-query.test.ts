// Texts as long as they may be: no one may keep the others waiting.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { assertGrowsEvenly } from "@sightline/testkit/growth";
import { parseLogql } from "./logql.ts";
import { formatPretty } from "./pretty.ts";

const heads = ["", "{", '{app="a"} ', "sum("];

const pieces: readonly string[] = [
  ...'1. - -- --a 1.1 0. .1. 1.. 1h 1 a ( [ { " ` # \n 1+ 1+( -1 a, {a= != =~ 0x 1e 1KB 1_ \\ é 😀'.split(" "),
  ...["|=`a`", "|json ", "|a=1 or ", "|a>1s and (", "sum(", "rate by ", "rate (", '{a="b"}|', "|line_format `{{.a}}`"],
  ...["|label_format a=b,", "|json a=`a.b`,", "|drop a,", "|pattern `<a> `", "|regexp `(?P<a>.)`", "|= ip(", " "],
];

function read(source: string): void {
  try {
    formatPretty(parseLogql(source));
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument", `${source.slice(0, 30)}…: ${thrown}`);
  }
}

describe("a long query of LogQL", () => {
  for (const head of heads) {
    it(`is read and printed in a time that grows as it does: ${head}…`, () => {
      for (const piece of pieces) {
        const run = (size: number) => read(head + piece.repeat(size / piece.length));
        assertGrowsEvenly(`${head}${piece}…`, run, { from: 500, to: 64_000 });
      }
    });
  }

  it("is a duration or a size only as far as anybody writes one", () => {
    const digits = "1".repeat(60);
    for (const [source, want] of [
      ["vector(1h30m5s)", /unexpected/],
      ['{a="b"} | c > 1h30m5s', null],
      [`{a="b"} | c > 1.${digits}KiB`, null],
      [`{a="b"} | c > ${"1h".repeat(60)}`, /syntax error/],
    ] as const) {
      if (want === null) parseLogql(source);
      else assert.throws(() => parseLogql(source), want, source);
    }
  });
});
