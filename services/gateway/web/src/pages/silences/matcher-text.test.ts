import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addressOfSilence,
  draftOfMatcher,
  matcherOfDraft,
  matchersOfText,
  OPERATORS,
  textOfMatchers,
} from "./matcher-text.ts";

test("matchers are read as links have them and as people write them", () => {
  const cases: [string, string | undefined][] = [
    ['{alertname="Down",team="a"}', '{alertname="Down",team="a"}'],
    ["team=a, env=~prod.*", '{team="a",env=~"prod.*"}'],
    ['{a!="x", b!~"y|z"}', '{a!="x",b!~"y|z"}'],
    ['a="quote \\" and \\\\ and \\n"', '{a="quote \\" and \\\\ and \\n"}'],
    ['{"a b"="c"}', '{"a b"="c"}'],
    ["{}", "{}"],
    ['a="x"b="y"', undefined],
    ["words", undefined],
    ['a="x', undefined],
  ];
  for (const [text, want] of cases) {
    const read = matchersOfText(text);
    assert.equal(read === undefined ? undefined : textOfMatchers(read), want, text);
  }
});

test("a link to a silence can be read again", () => {
  const labels = { alertname: "Down", path: 'C:\\"x"', "odd name": "1, 2} ü" };
  const url = new URL(addressOfSilence(labels), "http://localhost");
  const read = matchersOfText(url.searchParams.get("filter") ?? "");
  assert.deepEqual(Object.fromEntries(read?.map(({ name, value }) => [name, value]) ?? []), labels);
});

test("operators are the same in the form of the API", () => {
  for (const operator of OPERATORS) {
    const draft = { name: "a", operator, value: "b" };
    assert.deepEqual(draftOfMatcher(matcherOfDraft(draft)), draft);
  }
});
