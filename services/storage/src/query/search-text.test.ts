import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSearchText, type SearchTerms } from "./search-text.ts";

const nothing: SearchTerms = { words: "", texts: [], notWords: "", notTexts: [] };

const cases: { text: string; want: Partial<SearchTerms> }[] = [
  { text: "", want: {} },
  { text: "  one   TWO ", want: { words: "one TWO" } },
  { text: "Ärger", want: { words: "Ärger" } },
  { text: "user_id=7", want: { words: "user_id=7", texts: ["user_id=7"] } },
  { text: '"two words"', want: { words: "two words", texts: ["two words"] } },
  { text: '"open quote', want: { words: "open quote", texts: ["open quote"] } },
  { text: "-bad", want: { notWords: "bad" } },
  { text: '-"two words" -a.b', want: { notTexts: ["two words", "a.b"] } },
  { text: "=>", want: { texts: ["=>"] } },
  { text: "a - b", want: { words: "a b", texts: ["-"] } },
  { text: '""', want: {} },
];
for (const { text, want } of cases) {
  test(`a search text is read: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseSearchText(text), { ...nothing, ...want });
  });
}

test("a search text is bounded", () => {
  assert.throws(() => parseSearchText("x".repeat(1025)), { message: /search_text: got 1025 characters/ });
  assert.throws(() => parseSearchText("x ".repeat(33)), { message: /search_text: got 33 items/ });
});
