// Alertmanager's own tables (Apache-2.0): matcher/parse/parse_test.go of v0.34.2.
import { describe } from "node:test";
import { parseMatcher } from "./parse-matchers.ts";
import { parseUtf8Matchers } from "./parse-utf8.ts";
import { check, type Row } from "./testing/rows.ts";

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
