// Alertmanager's own tables (Apache-2.0): matcher/compliance and matcher/compat of v0.34.2.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseMatcher, parseMatchers } from "./parse-matchers.ts";
import { check, outcomeOf, type Row } from "./testing/rows.ts";

/** What every parser is to read the same, or else as it was read before. */
const compliance: readonly Row[] = [
  ["{}", []],
  ["{foo='}", [["foo", "=", "'"]]],
  ["{foo=`}", [["foo", "=", "`"]]],
  ["{foo=\\n}", [["foo", "=", "\n"]]],
  ["{foo=bar\\n}", [["foo", "=", "bar\n"]]],
  ["{foo=\\t}", [["foo", "=", "\\t"]]],
  ["{foo=bar\\t}", [["foo", "=", "bar\\t"]]],
  ["{foo=bar\\}", [["foo", "=", "bar\\"]]],
  ["{foo=bar\\\\}", [["foo", "=", "bar\\"]]],
  ['{foo=\\"}', [["foo", "=", '"']]],
  ['{foo=bar\\"}', [["foo", "=", 'bar"']]],
  ["{foo=bar}", [["foo", "=", "bar"]]],
  ['{foo="bar"}', [["foo", "=", "bar"]]],
  ["{foo=~bar.*}", [["foo", "=~", "bar.*"]]],
  ['{foo=~"bar.*"}', [["foo", "=~", "bar.*"]]],
  ["{foo!=bar}", [["foo", "!=", "bar"]]],
  ['{foo!="bar"}', [["foo", "!=", "bar"]]],
  ["{foo!~bar.*}", [["foo", "!~", "bar.*"]]],
  ['{foo!~"bar.*"}', [["foo", "!~", "bar.*"]]],
  [
    '{foo="bar", baz!="quux"}',
    [
      ["foo", "=", "bar"],
      ["baz", "!=", "quux"],
    ],
  ],
  [
    '{foo="bar", baz!~"quux.*"}',
    [
      ["foo", "=", "bar"],
      ["baz", "!~", "quux.*"],
    ],
  ],
  [
    '{foo="bar",baz!~".*quux", derp="wat"}',
    [
      ["foo", "=", "bar"],
      ["baz", "!~", ".*quux"],
      ["derp", "=", "wat"],
    ],
  ],
  [
    '{foo="bar", baz!="quux", derp="wat"}',
    [
      ["foo", "=", "bar"],
      ["baz", "!=", "quux"],
      ["derp", "=", "wat"],
    ],
  ],
  [
    '{foo="bar", baz!~".*quux.*", derp="wat"}',
    [
      ["foo", "=", "bar"],
      ["baz", "!~", ".*quux.*"],
      ["derp", "=", "wat"],
    ],
  ],
  [
    '{foo="bar", instance=~"some-api.*"}',
    [
      ["foo", "=", "bar"],
      ["instance", "=~", "some-api.*"],
    ],
  ],
  ['{foo=""}', [["foo", "=", ""]]],
  [
    '{foo="bar,quux", job="job1"}',
    [
      ["foo", "=", "bar,quux"],
      ["job", "=", "job1"],
    ],
  ],
  [
    '{foo = "bar", dings != "bums", }',
    [
      ["foo", "=", "bar"],
      ["dings", "!=", "bums"],
    ],
  ],
  [
    "foo=bar,dings!=bums",
    [
      ["foo", "=", "bar"],
      ["dings", "!=", "bums"],
    ],
  ],
  [
    '{quote="She said: \\"Hi, ladies! That\'s gender-neutral…\\""}',
    [["quote", "=", 'She said: "Hi, ladies! That\'s gender-neutral…"']],
  ],
  ['statuscode=~"5.."', [["statuscode", "=~", "5.."]]],
  ["tricky=~~~", [["tricky", "=~", "~~"]]],
  ['trickier==\\\\=\\=\\"', [["trickier", "=", '=\\=\\="']]],
  [
    'contains_quote != "\\"" , contains_comma !~ "foo,bar" , ',
    [
      ["contains_quote", "!=", '"'],
      ["contains_comma", "!~", "foo,bar"],
    ],
  ],
  ["{foo=bar}}", [["foo", "=", "bar}"]]],
  ["{foo=bar}},}", [["foo", "=", "bar}}"]]],
  [
    "{foo=,bar=}}",
    [
      ["foo", "=", ""],
      ["bar", "=", "}"],
    ],
  ],
  ["job=", [["job", "=", ""]]],
  ['{name-with-dashes = "bar"}', [["name-with-dashes", "=", "bar"]]],
  ["{,}", "bad matcher format: "],
  ['job="value', 'matcher value contains unescaped double quote: "value'],
  ['job=value"', 'matcher value contains unescaped double quote: value"'],
  ['trickier==\\\\=\\=\\""', 'matcher value contains unescaped double quote: =\\\\=\\=\\""'],
  ['contains_unescaped_quote = foo"bar', 'matcher value contains unescaped double quote: foo"bar'],
  ['{foo=~"invalid[regexp"}', "error parsing regexp: missing closing ]: `[regexp`"],
  ['"{foo=\\"bar"}', 'bad matcher format: "{foo=\\"bar"'],
  ['"foo=\\"bar"', 'bad matcher format: "foo=\\"bar"'],
  ['"foo=\\"bar\\""', 'bad matcher format: "foo=\\"bar\\""'],
  ['"foo=\\"bar\\"', 'bad matcher format: "foo=\\"bar\\"'],
  ['"{foo=\\"bar\\"}"', 'bad matcher format: "{foo=\\"bar\\"}"'],
  ['"foo="bar""', 'bad matcher format: "foo="bar""'],
  ["{{foo=", "bad matcher format: {foo="],
  ["{foo=", [["foo", "=", ""]]],
  ["{foo=}b", [["foo", "=", "}b"]]],
];

describe("matchers in either language", () => check(compliance, (input) => parseMatchers(input).matchers));

describe("which language decides", () => {
  const cases: [input: string, kind: string | undefined, suggestion: string | undefined][] = [
    ["{foo=bar,bar=baz}", undefined, undefined],
    ["{foo🙂=bar,bar=baz🙂}", undefined, undefined],
    ["{foo=!bar,bar=$baz\\n}", "classic_only", 'foo="!bar",bar="$baz\\n"'],
    ['{foo="\\xf0\\x9f\\x99\\x82"}', "disagreement", 'foo="\\\\xf0\\\\x9f\\\\x99\\\\x82"'],
  ];
  for (const [input, kind, suggestion] of cases) {
    it(input, () => {
      const { matchers, note } = parseMatchers(input);
      assert.equal(note?.kind, kind);
      assert.equal(note?.suggestion, suggestion);
      if (note === undefined) return;
      assert.equal(note.input, input);
      assert.equal(parseMatchers(note.suggestion).note, undefined, "the suggestion is read the same by both");
      assert.deepEqual(
        outcomeOf(() => parseMatchers(note.suggestion).matchers),
        outcomeOf(() => matchers),
      );
    });
  }

  it("is the old one for what both refuse", () => {
    assert.throws(() => parseMatchers("{foo!bar}"), { message: "bad matcher format: foo!bar" });
    assert.throws(() => parseMatcher("foo!bar"), { message: "bad matcher format: foo!bar" });
  });

  it("takes one matcher without braces", () => {
    assert.throws(() => parseMatcher("{foo=bar}"), { message: "unexpected open or close brace: {foo=bar}" });
    assert.equal(parseMatcher("foo=!bar\\n").value, "!bar\n");
    assert.equal(parseMatcher("foo🙂=bar").name, "foo🙂");
    assert.throws(() => parseMatcher("foo=bar,bar=baz", "utf8"), { message: "expected 1 matcher, found 2" });
  });
});
