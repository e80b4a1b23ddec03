import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { format } from "./format.ts";
import { parseLogql } from "./logql.ts";
import { formatPretty } from "./pretty.ts";

/** What is written, and what is printed for it. */
const printed: readonly (readonly [source: string, text: string])[] = [
  ['{ app = "a" , b!="c", d =~"e|f" , g !~ `\\w+` }', '{app="a", b!="c", d=~"e|f", g!~"\\\\w+"}'],
  ['{app="a"}|="x"!="y"|~"z"!~"w"|>"<_> a"!>"b"', '{app="a"} |= "x" != "y" |~ "z" !~ "w" |> "<_> a" !> "b"'],
  ['{app="a"} |= "x" OR ip("10.0.0.0/8") or "y"', '{app="a"} |= "x" or ip("10.0.0.0/8") or "y"'],
  ['{app="a"} # a comment\n | json', '{app="a"} | json'],
  ['{app="a"}|JSON a="b.c[0]",d', '{app="a"} | json a="b.c[0]", d="d"'],
  ['{app="a"}|logfmt --keep-empty --strict a,b="c"', '{app="a"} | logfmt --strict --keep-empty a="a", b="c"'],
  ['{app="a"} | regexp "(?P<x>.)" | pattern `<a> <_>`', '{app="a"} | regexp "(?P<x>.)" | pattern "<a> <_>"'],
  ['{app="a"} | unpack | decolorize', '{app="a"} | unpack | decolorize'],
  ['{app="a"} | rate="b" | ip="c" | duration > 5s', '{app="a"} | rate="b" | ip="c" | duration>5s'],
  [
    '{app="a"} | a=1 b="x", (c>5KB or d!=1.5m) and e=~"f"',
    '{app="a"} | a==1 and b="x" and (c>5KB or d!=1.5m) and e=~"f"',
  ],
  ['{app="a"} | (a="1" or b="2") or (c="3" or d="4")', '{app="a"} | a="1" or b="2" or (c="3" or d="4")'],
  ['{app="a"} | a=ip("1.2.3.4") | b != ip("::1")', '{app="a"} | a=ip("1.2.3.4") | b!=ip("::1")'],
  [
    '{app="a"} | line_format "{{.a}}\\n" | label_format b=c,d="e"',
    '{app="a"} | line_format "{{.a}}\\n" | label_format b=c, d="e"',
  ],
  ['{app="a"} | drop a, b="c" | keep d,e!~"f"', '{app="a"} | drop a, b="c" | keep d, e!~"f"'],
  ['rate({app="a"}[5m])', 'rate({app="a"} [5m])'],
  ['rate(({app="a"} |= "x")[5m] offset 1h)', 'rate({app="a"} |= "x" [5m] offset 1h)'],
  ['rate({app="a"}[90m] offset -5m |= "x")', 'rate({app="a"} |= "x" [1h30m] offset -5m)'],
  ['((count_over_time((({app="a"}))[1w])))', 'count_over_time({app="a"} [1w])'],
  ['Sum By (a,b) (rate({app="a"}[1d]))', 'sum by (a, b) (rate({app="a"} [1d]))'],
  ['topk(3, rate({app="a"}[5m])) without (x)', 'topk without (x) (3, rate({app="a"} [5m]))'],
  [
    'quantile_over_time(.99, {app="a"} | unwrap duration(x) | y="z" [5m]) by (x)',
    'quantile_over_time(0.99, {app="a"} | unwrap duration(x) | y="z" [5m]) by (x)',
  ],
  [
    'sum_over_time({app="a"}[5m] | json | unwrap bytes_processed)',
    'sum_over_time({app="a"} | json | unwrap bytes_processed [5m])',
  ],
  ["1 + 2 * 3 ^ 2 ^ 2", "1 + 2 * 3 ^ 2 ^ 2"],
  ["(1 + 2) * 3 - (4 - 5) - 6", "(1 + 2) * 3 - (4 - 5) - 6"],
  ["(2 ^ 3) ^ 2", "(2 ^ 3) ^ 2"],
  ["vector(1000000) > 1000000", "vector(1000000) > 1e+06"],
  ['quantile_over_time(0.00001, {app="a"} | unwrap x [5m])', 'quantile_over_time(0.00001, {app="a"} | unwrap x [5m])'],
  ["vector(1) or vector(2) and vector(3)", "vector(1) or vector(2) and vector(3)"],
  ["vector(1)>bool on(a) group_left(b)vector(2)", "vector(1) > bool on (a) group_left (b) vector(2)"],
  [
    'vector(1) / ignoring() group_right rate({app="a"}[1s])',
    'vector(1) / ignoring () group_right () rate({app="a"} [1s])',
  ],
  ['label_replace(vector(0), "a", "$1", "b", "(.*)")', 'label_replace(vector(0), "a", "$1", "b", "(.*)")'],
  ['{app="\\u00e9\\x41\\"`"}', '{app="éA\\"`"}'],
];

for (const [source, text] of printed) {
  test(`${source} is printed as ${text}`, () => {
    assert.equal(format(parseLogql(source)), text);
    assert.equal(format(parseLogql(text)), text);
  });
}

/** What cannot be used, and what is said of it. */
const refused: readonly (readonly [source: string, message: string])[] = [
  ["", "parse error at line 1, col 1: syntax error: unexpected $end, expecting { or ( or NUMBER"],
  ['{app="a"', "parse error at line 1, col 9: syntax error: unexpected $end, expecting } or ,"],
  ["{app}", "parse error at line 1, col 5: syntax error: unexpected }, expecting = or != or =~ or !~"],
  ['{app="a",}', "parse error at line 1, col 10: syntax error: unexpected }, expecting IDENTIFIER"],
  ["{app=a}", "parse error at line 1, col 6: syntax error: unexpected IDENTIFIER, expecting STRING"],
  ['{app="a"} json', "parse error at line 1, col 11: syntax error: unexpected json"],
  [
    '{app="a"}\n | logfmt\n | x >',
    "parse error at line 3, col 7: syntax error: unexpected $end, expecting BYTES or NUMBER or DURATION",
  ],
  ['{app="a} |= "x"', "parse error at line 1, col 15: literal not terminated"],
  ["{app='a'}", "parse error at line 1, col 6: syntax error: unexpected ', expecting \" or ` around a string"],
  ['{app="\\q"}', 'parse error at line 1, col 6: invalid syntax: an escape in "\\q" is not one of Go\'s'],
  ['{app="a"} ; x', "parse error at line 1, col 11: syntax error: unexpected ;"],
  ['unknown({app="a"}[5m])', "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"],
  ['rate({app="a"})', "parse error at line 1, col 15: syntax error: unexpected ), expecting RANGE"],
  ['rate({app="a"}[5)', "parse error at line 1, col 15: missing closing ']' in duration"],
  ['rate({app="a"}[x])', 'parse error at line 1, col 15: not a valid duration string: "x"'],
  ['rate({app="a"}[0s])', "parse error at line 1, col 6: range must be longer than 0s"],
  [
    'rate({app="a"}[5m] offset 5)',
    "parse error at line 1, col 27: syntax error: unexpected NUMBER, expecting DURATION",
  ],
  ['sum(rate({app="a"}[5m])', "parse error at line 1, col 24: syntax error: unexpected $end, expecting )"],
  ['sum({app="a"})', "parse error at line 1, col 14: syntax error: unexpected )"],
  ['rate(5, {app="a"}[5m])', "parse error at line 1, col 1: parameter 5 not supported for operation rate"],
  ['vector(rate({app="a"}[5m]))', "parse error at line 1, col 8: syntax error: unexpected rate, expecting NUMBER"],
  ['topk(0, rate({app="a"}[5m]))', "parse error at line 1, col 1: invalid parameter (must be greater than 0) topk(0"],
  [
    'vector(1) + {app="a"}',
    "parse error at line 1, col 13: unexpected type for right leg of binary operation (+): log query, expecting a metric query",
  ],
  [
    "vector(1) or 1",
    "parse error at line 1, col 14: unexpected literal for right leg of logical/set binary operation (or): 1.000000",
  ],
  [
    "{}",
    'parse error at line 1, col 1: queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will',
  ],
  [
    '{app=~"a|"}',
    'parse error at line 1, col 1: queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will',
  ],
  ['{app="a"} | x=~"["', "parse error at line 1, col 13: error parsing regexp: missing closing ]: `[`"],
  [
    '{app="a"} | pattern "<a><b>"',
    "parse error at line 1, col 13: invalid pattern parser: found consecutive capture: invalid expression",
  ],
  [
    '{app="a"} | line_format "{{.a"',
    "parse error at line 1, col 13: invalid line template: template: line:1: unclosed action",
  ],
  [
    '{app="a"} | unwrap x',
    "parse error at line 1, col 13: syntax error: unexpected unwrap, expecting json or logfmt or pattern or regexp or unpack or line_format or label_format or decolorize or drop or keep or IDENTIFIER or (",
  ],
  [
    'approx_topk(2, rate({app="a"}[5m])) by (x)',
    "parse error at line 1, col 1: grouping not allowed for approx_topk aggregation",
  ],
  [`${"(".repeat(200)}1`, "parse error at line 1, col 129: query is nested too deeply, expecting at most 128 levels"],
  [`1${"+1".repeat(1500)}`, "parse error at line 1, col 2003: too many operators, expecting at most 1000"],
];

for (const [source, message] of refused) {
  test(`${source.slice(0, 60)} is refused`, () => {
    assert.throws(
      () => parseLogql(source),
      (error) =>
        error instanceof AppError &&
        error.code === "invalid_argument" &&
        assert.equal(error.message, message) === undefined,
    );
  });
}

test("a query may be long, but not longer than Loki's", () => {
  const filter = ' |= "a long text to look for"';
  assert.ok(format(parseLogql(`{app="a"}${filter.repeat(4000)}`)).length > 100_000);
  assert.throws(() => parseLogql(`{app="a"}${filter.repeat(5000)}`), /input size too long \(145009 > 131072\)/);
});

/** Queries that programs have in their boards and documents. */
const literal = [
  '{job="aegis-backend"} |= "error" | json | level="error"',
  '{job="aegis-backend"} | json | duration_ms > 1000',
  '{job="aegis-backend"} | json | user_id="uuid-here"',
  "vector(1)+vector(1)",
  'sum by (level, detected_level) (count_over_time({app="a"} |= `x` | drop __error__[1m]))',
];

for (const source of literal) {
  test(`${source} can be read`, () => {
    assert.equal(format(parseLogql(format(parseLogql(source)))), format(parseLogql(source)));
  });
}

test("a long query is broken into lines, a short one is not", () => {
  const short = 'sum by (app) (rate({app="a"} |= "x" [5m]))';
  assert.equal(formatPretty(parseLogql(short)), short);
  const long = `topk(5, sum by (app, namespace) (sum_over_time({namespace="prod", app=~"shop-.+"} |= "took" != "debug"
    | logfmt | level="error" | unwrap duration(took) | __error__="" [5m] offset 1h))) > 3 * (vector(1) + vector(2))`;
  const text = formatPretty(parseLogql(long));
  assert.equal(
    text,
    `  topk(
    5,
    sum by (app, namespace) (
      sum_over_time(
        {namespace="prod", app=~"shop-.+"}
          |= "took"
          != "debug"
          | logfmt
          | level="error"
          | unwrap duration(took)
          | __error__="" [5m] offset 1h
      )
    )
  )
>
  3 * (vector(1) + vector(2))`,
  );
  assert.equal(format(parseLogql(text)), format(parseLogql(long)));
});
