// Alertmanager's own tables (Apache-2.0): pkg/labels/matcher_test.go of v0.34.2.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  createMatcher,
  formatMatcher,
  formatMatchers,
  type MatchOperator,
  matcherFromJson,
  matcherToJson,
  matchesAll,
  sortMatchers,
} from "./matcher.ts";

describe("a matcher", () => {
  const cases: [operator: MatchOperator, value: string, text: string, matches: boolean][] = [
    ["=", "bar", "bar", true],
    ["=", "bar", "foo-bar", false],
    ["!=", "bar", "bar", false],
    ["!=", "bar", "foo-bar", true],
    ["=~", "bar", "bar", true],
    ["=~", "bar", "foo-bar", false],
    ["=~", ".*bar", "foo-bar", true],
    ["!~", "bar", "bar", false],
    ["!~", "bar", "foo-bar", true],
    ["!~", ".*bar", "foo-bar", false],
    ["=~", "foo.bar", "foo-bar", true],
    ["=~", "foo\\.bar", "foo-bar", false],
    ["=~", "foo\\.bar", "foo.bar", true],
    ["=", "foo\nbar", "foo\nbar", true],
    ["=~", "foo.bar", "foo\nbar", false],
    ["=~", "(?s)foo.bar", "foo\nbar", true],
    ["=~", ".*", "a\nb", false],
    ["!~", ".+", "a\nb", true],
    ["=", '~!="', '~!="', true],
    ["=~", "a|", "", true],
  ];
  for (const [operator, value, text, matches] of cases) {
    it(`${operator} ${JSON.stringify(value)} ${matches ? "takes" : "leaves"} ${JSON.stringify(text)}`, () => {
      assert.equal(createMatcher({ name: "", operator, value }).matches(text), matches);
    });
  }

  it("takes a label that is not there for an empty one", () => {
    const matchers = [createMatcher({ name: "a", operator: "=", value: "" })];
    assert.equal(matchesAll(matchers, {}), true);
    assert.equal(matchesAll(matchers, { a: "x" }), false);
    assert.equal(matchesAll([createMatcher({ name: "toString", operator: "=", value: "" })], {}), true);
  });

  it("is refused with a wrong pattern", () => {
    assert.throws(() => createMatcher({ name: "a", operator: "=~", value: "(" }), /missing closing \)/);
  });
});

describe("a printed matcher", () => {
  const cases: [name: string, operator: MatchOperator, value: string, want: string][] = [
    ["foo", "=", "bar", 'foo="bar"'],
    ["foo", "!=", "bar", 'foo!="bar"'],
    ["foo", "=~", "bar", 'foo=~"bar"'],
    ["foo", "!~", "bar", 'foo!~"bar"'],
    ["foo", "=", "back\\slash", 'foo="back\\\\slash"'],
    ["foo", "=", 'double"quote', 'foo="double\\"quote"'],
    ["foo", "=", "new\nline", 'foo="new\\nline"'],
    ["foo", "=", "tab\tstop", 'foo="tab\tstop"'],
    ["foo", "=", "🙂", 'foo="🙂"'],
    ["foo!", "!=", "bar", '"foo!"!="bar"'],
    ["foo🙂", "=", "bar", 'foo🙂="bar"'],
    ["foo bar", "=", "baz", '"foo bar"="baz"'],
  ];
  for (const [name, operator, value, want] of cases) {
    it(want, () => {
      assert.equal(formatMatcher({ name, operator, value }), want);
      const again = matcherFromJson(JSON.parse(JSON.stringify(matcherToJson({ name, operator, value }))));
      assert.equal(formatMatcher(again), want);
    });
  }

  it("is sorted by name, value and operator, by the bytes of UTF-8", () => {
    const sorted = sortMatchers([
      { name: "b", operator: "=", value: "1" },
      { name: "a", operator: "!=", value: "2" },
      { name: "a", operator: "!~", value: "1" },
      { name: "a", operator: "=~", value: "1" },
      { name: "💥", operator: "=", value: "1" },
      { name: "\uff5e", operator: "=", value: "1" },
    ]);
    assert.equal(formatMatchers(sorted), '{a=~"1",a!~"1",a!="2",b="1",\uff5e="1",💥="1"}');
  });

  it("is equal where JSON does not say otherwise", () => {
    assert.equal(formatMatcher(matcherFromJson({ name: "a", value: "b", isRegex: true })), 'a=~"b"');
  });
});
