import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER_FORMS } from "./answer-forms.ts";
import type { SqlAnswer } from "./read-answer.ts";

/** An answer whose rows come in two pieces. */
function answerOf(rows: readonly (readonly string[])[]): SqlAnswer {
  const column = (name: string) => ({ name, type: "String", comment: "" });
  return {
    columns: [column("a"), column('b "quoted"')],
    rows: (async function* () {
      yield* rows;
    })(),
    statistics: () => ({ rows: 3n, rowsRead: 70n, bytesRead: 5n, elapsedNano: 1_500_000n }),
    totals: () => '["", 5]',
  };
}

const rows = [['["x, y", null]', '["line\\n\\"1\\"", [1,"2"]]'], ['[-0.5, {"k":"v"}]']];

async function write(contentType: string, given = rows): Promise<string> {
  const form = ANSWER_FORMS.find((candidate) => candidate.contentType === contentType);
  assert.ok(form !== undefined);
  return (await Array.fromAsync(form.pieces(answerOf(given)))).join("");
}

test("an answer is one document, lines of JSON, or CSV", async () => {
  assert.deepEqual(JSON.parse(await write("application/json")), {
    columns: [
      { name: "a", type: "String" },
      { name: 'b "quoted"', type: "String" },
    ],
    rows: [
      ["x, y", null],
      ['line\n"1"', [1, "2"]],
      [-0.5, { k: "v" }],
    ],
    totals: ["", 5],
    statistics: { rows: 3, rowsRead: 70, bytesRead: 5, elapsedMs: 1.5 },
  });
  const lines = (await write("application/x-ndjson")).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line): unknown => JSON.parse(line)),
    [
      { a: "x, y", 'b "quoted"': null },
      { a: 'line\n"1"', 'b "quoted"': [1, "2"] },
      { a: -0.5, 'b "quoted"': { k: "v" } },
    ],
  );
  assert.equal(
    await write("text/csv"),
    'a,"b ""quoted"""\r\n"x, y",\r\n"line\n""1""","[1,""2""]"\r\n-0.5,"{""k"":""v""}"\r\n',
  );
});

test("an answer may have no rows", async () => {
  assert.deepEqual(JSON.parse(await write("application/json", []))["rows"], []);
  assert.equal(await write("application/x-ndjson", []), "");
  assert.equal(await write("text/csv", []), 'a,"b ""quoted"""\r\n');
});
