// Alertmanager's own tables (Apache-2.0): matcher/parse, matcher/compat, matcher/compliance and pkg/labels of v0.34.2.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { Matcher } from "./matcher.ts";
import { parseClassicMatchers } from "./parse-classic.ts";
import { parseMatcher, parseMatchers } from "./parse-matchers.ts";
import { parseUtf8Matchers } from "./parse-utf8.ts";

/** What is written, and the matchers that it says or what is said against it. */
type Row = readonly [
  input: string,
  want: string | readonly (readonly [name: string, operator: string, value: string])[],
];

function check(rows: readonly Row[], parse: (input: string) => readonly Matcher[]): void {
  for (const [input, want] of rows) {
    it(input === "" ? "(nothing)" : input, () =>
      assert.deepEqual(
        outcomeOf(() => parse(input)),
        want,
      ),
    );
  }
}

function outcomeOf(parse: () => readonly Matcher[]): Row[1] {
  try {
    return parse().map(({ name, operator, value }) => [name, operator, value] as const);
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument", String(thrown));
    return thrown.message;
  }
}

const utf8: readonly Row[] = [
  ["", []],
  ["{}", []],
  ["{foo=bar}", [["foo", "=", "bar"]]],
  ["{foo=bar,}", [["foo", "=", "bar"]]],
  ["{foo!=bar}", [["foo", "!=", "bar"]]],
  ["{foo=~[a-z]+}", [["foo", "=~", "[a-z]+"]]],
  ["{foo!~[a-z]+}", [["foo", "!~", "[a-z]+"]]],
  ["{foo=🙂}", [["foo", "=", "🙂"]]],
  ["{foo=🙂bar}", [["foo", "=", "🙂bar"]]],
  ["foo=bar", [["foo", "=", "bar"]]],
  ["foo=bar,", [["foo", "=", "bar"]]],
  ["foo!=bar", [["foo", "!=", "bar"]]],
  ["foo=~[a-z]+", [["foo", "=~", "[a-z]+"]]],
  ["foo!~[a-z]+", [["foo", "!~", "[a-z]+"]]],
  ['{"foo"="bar"}', [["foo", "=", "bar"]]],
  ['{"foo"="bar",}', [["foo", "=", "bar"]]],
  ['{"foo"!="bar"}', [["foo", "!=", "bar"]]],
  ['{"foo"=~"[a-z]+"}', [["foo", "=~", "[a-z]+"]]],
  ['{"foo"=~"\\\\d+"}', [["foo", "=~", "\\d+"]]],
  ['{"foo"!~"[a-z]+"}', [["foo", "!~", "[a-z]+"]]],
  ['{"foo"="🙂"}', [["foo", "=", "🙂"]]],
  ['{"foo"="\\xf0\\x9f\\x99\\x82"}', [["foo", "=", "🙂"]]],
  ['{"foo"="\\U0001f642"}', [["foo", "=", "🙂"]]],
  ['{"foo"="🙂bar"}', [["foo", "=", "🙂bar"]]],
  ['{"foo"="bar\\n"}', [["foo", "=", "bar\n"]]],
  ['{"foo"="bar\\t"}', [["foo", "=", "bar\t"]]],
  ['{"foo"="\\"bar\\""}', [["foo", "=", '"bar"']]],
  ['{"foo"="bar\\\\"}', [["foo", "=", "bar\\"]]],
  ['"foo"="bar"', [["foo", "=", "bar"]]],
  ['"foo"="bar",', [["foo", "=", "bar"]]],
  [
    "{foo=bar,bar!=baz}",
    [
      ["foo", "=", "bar"],
      ["bar", "!=", "baz"],
    ],
  ],
  [
    '{foo="bar",bar!="baz"}',
    [
      ["foo", "=", "bar"],
      ["bar", "!=", "baz"],
    ],
  ],
  [
    "foo=bar,bar!=baz",
    [
      ["foo", "=", "bar"],
      ["bar", "!=", "baz"],
    ],
  ],
  [
    'foo="bar",bar!="baz"',
    [
      ["foo", "=", "bar"],
      ["bar", "!=", "baz"],
    ],
  ],
  [",", "0:1: unexpected ,: expected label name"],
  ["{,}", "1:2: unexpected ,: expected label name"],
  ["{", "0:1: end of input: expected close brace"],
  ["}", "0:1: }: expected opening brace"],
  ["foo=bar}", "0:8: }: expected opening brace"],
  ["{foo=bar", "0:8: end of input: expected close brace"],
  ['{foo=:"bar"}', '6:11: unexpected "bar": expected a comma or close brace'],
  ['{foo="bar\\w"}', '5:12: "bar\\w": invalid input'],
  ['{"foo"=~"\\d+"}', '8:13: "\\d+": invalid input'],
  ["{foo=bar\\n}", "8:9: \\: invalid input: expected a comma or close brace"],
  ['{"foo"="\\xf0\\x9f"}', '7:17: "\\xf0\\x9f": invalid input'],
];

const utf8One: readonly Row[] = [
  ["foo=bar", [["foo", "=", "bar"]]],
  ["foo=bar,", [["foo", "=", "bar"]]],
  ["foo!=bar", [["foo", "!=", "bar"]]],
  ["foo=~[a-z]+", [["foo", "=~", "[a-z]+"]]],
  ["foo!~[a-z]+", [["foo", "!~", "[a-z]+"]]],
  ['"foo"="bar"', [["foo", "=", "bar"]]],
  ['"foo"="bar",', [["foo", "=", "bar"]]],
  ["", "no matchers"],
  ["foo=bar,bar=baz", "expected 1 matcher, found 2"],
  ['foo="\\xf0\\x9f"', '4:14: "\\xf0\\x9f": invalid input'],
];

describe("matchers in UTF-8", () => check(utf8, parseUtf8Matchers));

describe("one matcher in UTF-8", () => check(utf8One, (input) => [parseMatcher(input, "utf8")]));

const classic: readonly Row[] = [
  ["{}", []],
  [",", "bad matcher format: "],
  ["{,}", "bad matcher format: "],
  ["{foo='}", [["foo", "=", "'"]]],
  ["{foo=`}", [["foo", "=", "`"]]],
  ['{foo=\\"}', [["foo", "=", '"']]],
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
  ["{foo=bar\\t}", [["foo", "=", "bar\\t"]]],
  ["{foo=bar\\n}", [["foo", "=", "bar\n"]]],
  ["{foo=bar\\}", [["foo", "=", "bar\\"]]],
  ["{foo=bar\\\\}", [["foo", "=", "bar\\"]]],
  ['{foo=bar\\"}', [["foo", "=", 'bar"']]],
  ["job=", [["job", "=", ""]]],
  ['job="value', 'matcher value contains unescaped double quote: "value'],
  ['job=value"', 'matcher value contains unescaped double quote: value"'],
  ['trickier==\\\\=\\=\\""', 'matcher value contains unescaped double quote: =\\\\=\\=\\""'],
  ['contains_unescaped_quote = foo"bar', 'matcher value contains unescaped double quote: foo"bar'],
  ['{invalid-name = "valid label"}', 'bad matcher format: invalid-name = "valid label"'],
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

describe("matchers as they were", () => check(classic, parseClassicMatchers));

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
