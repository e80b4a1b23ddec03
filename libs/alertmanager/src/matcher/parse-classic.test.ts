// Alertmanager's own tables (Apache-2.0): pkg/labels/parse_test.go of v0.34.2.
import { describe } from "node:test";
import { parseClassicMatchers } from "./parse-classic.ts";
import { check, type Row } from "./testing/rows.ts";

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
