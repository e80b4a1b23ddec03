// Statements that are put together at random. More of them by SIGHTLINE_FUZZ_CASES.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import { guardSql } from "./guard.ts";

const cases = fuzzCases(20_000);
const options = { database: "sightline", tables: new Set(["otel_logs"]) };

const words: readonly [string, ...string[]] = [
  " ",
  ..."()[],.;*+-=<>'\"`\\{}:#$@|\n".split(""),
  ..."SELECT FROM WHERE JOIN ON USING IN NOT GLOBAL AS WITH UNION ALL EXCEPT GROUP BY ORDER LIMIT SETTINGS FORMAT INTO".split(
    " ",
  ),
  ..."ARRAY LEFT ANY APPLY FINAL PREWHERE EXISTS DISTINCT CASE WHEN END INTERVAL OVER NULL CAST ::String -> || /* */ --".split(
    " ",
  ),
  ..."otel_logs sightline.otel_logs secret system.users file( file('x') dictGet( in( lower( any( numbers(3) `secret` \"secret\"".split(
    " ",
  ),
  ..."1 1.5 'x' a l.b {p:String} {t:Identifier} (SELECT 1) (SELECT * FROM otel_logs) tuple(1,2).1 x -> x".split(" "),
];

/** What stands in no quotes. */
function bare(sql: string): string {
  return sql.replaceAll(/'(?:[^'\\]|\\.)*'|`[^`]*`|\{[^}]*\}/gs, " ");
}

test("mixed-up statements neither crash nor hang, and what passes names nothing that is not allowed", () => {
  const random = fuzzRandom(26_7);
  let passed = 0;
  for (let round = 0; round < cases; round++) {
    const parts = Array.from({ length: 1 + random.below(12) }, () => random.pick(words));
    const source = `${random.oneIn(3) ? "" : "SELECT "}${parts.join(random.oneIn(4) ? "" : " ")}`;
    try {
      const { sql } = guardSql(source, options);
      passed++;
      assert.doesNotMatch(
        bare(sql),
        /\b(?:secret|system|file|dictGet|numbers|SETTINGS|INTO|APPLY|FINAL|PREWHERE|FORMAT(?! \())\b/i,
        source,
      );
      const tables = bare(
        sql.replaceAll("`sightline`.`otel_logs`", "allowed").replaceAll(/`sightline_with_[^`]*`/g, "named"),
      );
      assert.doesNotMatch(tables, /\b(?:FROM|JOIN)\s+(?!\(|allowed|named)/i, source);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      assert.match(error.message, /^cannot run SQL: at line \d+, column \d+ got /, source);
    }
  }
  assert.ok(passed > cases / 200, `want some that pass, got ${passed} of ${cases}`);
});
