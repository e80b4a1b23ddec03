import assert from "node:assert/strict";
import { test } from "node:test";
import { createQueryTexts } from "./query-texts.ts";

test("a text is read once, and the one that was asked longest ago is forgotten first", () => {
  const texts = createQueryTexts({ maxQueries: 2, maxCharacters: 100 });
  const [a, b] = [texts.read("a"), texts.read("b")];
  assert.equal(texts.read("a"), a);
  texts.read("c");
  assert.equal(texts.read("a"), a);
  assert.notEqual(texts.read("b"), b);
});

test("long texts leave less room for others, and what is wrong is not remembered", () => {
  const texts = createQueryTexts({ maxQueries: 100, maxCharacters: 10 });
  const a = texts.read("a");
  assert.throws(() => texts.read("sum("), /parse error/);
  texts.read("abcdefghi");
  assert.equal(texts.read("a"), a);
  texts.read("abcdefghij");
  assert.notEqual(texts.read("a"), a);
});
