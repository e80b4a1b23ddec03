import assert from "node:assert/strict";
import { test } from "node:test";
import { openWire } from "@sightline/otlp/wire";
import { createRandom } from "@sightline/testkit/random";
import { parseDetails } from "./details.ts";
import { isPlainObject } from "./plain-json.ts";

/** What lies around it must not count. */
function isPlain(text: string): boolean {
  const bytes = Buffer.from(`}${text}"}]1`);
  return isPlainObject(openWire(bytes), { start: 1, end: bytes.length - 4 });
}

test("objects as senders write them are plain", () => {
  const f = (text: string) => assert.equal(isPlain(text), true, text);
  f("{}");
  f(' {\n\t"latency_ms" : 12.25, "ok":true,"why":null,"no":false }\r\n');
  f('{"n":[0,-0,-1.5,100,[],[{}],""],"déjà vu":"ü 😀","o":{"a":{"b":[1]}}}');
  f(JSON.stringify({ latency_ms: 411, attempt: 2, region: "eu-west-1" }));
});

test("what is no object is not plain, and what is plain can be parsed", () => {
  const f = (text: string) => {
    assert.equal(isPlain(text), false, text);
  };
  for (const text of [
    "",
    " ",
    "[]",
    "1",
    '"a"',
    "null",
    "{",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":[',
    '{"a":[1',
  ])
    f(text);
  for (const text of ['{"a":1,}', "{,}", '{"a" 1}', "{a:1}", '{"a":[1,]}', '{"a":[,1]}', '{"a":[1 2]}', "{}{}", "{}]"])
    f(text);
  for (const text of [
    "01",
    "-",
    "1.",
    ".5",
    "-.5",
    "+1",
    "1.5.2",
    "nul",
    "nulll",
    "truefalse",
    "NaN",
    "'a'",
    "\ufeff1",
  ])
    f(`{"a":${text}}`);
  for (const text of ['{"a\nb":1}', '{"a":"\u0000"}', "\ufeff{}", '{"a":"b}', '{"a":tru', '{"a":-']) f(text);
});

test("200 000 mixed-up texts: none is plain that cannot be parsed", () => {
  const random = createRandom(20_261_122);
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"',
    "1",
    "-",
    "0",
    ".",
    "2.5",
    "true",
    "null",
    " ",
    "\\",
    "\n",
    "e",
    "é",
  ] as const;
  let plain = 0;
  for (let round = 0; round < 200_000; round++) {
    let text = '{"a":';
    for (let left = random.below(10); left > 0; left--) text += random.pick(pieces);
    if (random.below(2) === 0) text += "}";
    if (!isPlain(text)) continue;
    plain++;
    assert.notEqual(parseDetails(text), undefined, text);
  }
  assert.ok(plain > 1000, `want many that are plain, got ${plain}`);
});
