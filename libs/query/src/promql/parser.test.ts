import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { readQuery } from "./engine.ts";
import { format } from "./format.ts";

describe("a query is printed as it is read", () => {
  const cases: [query: string, printed: string][] = [
    ["1", "1"],
    [".5e3", "500"],
    ["0x1F", "31"],
    ["1h30m", "1h30m"],
    ["- - 1", "1"],
    ["-2^2", "-2 ^ 2"],
    ['"a\\n\'b"', '"a\\n\'b"'],
    ["`a\\n`", '"a\\\\n"'],
    ["up", "up"],
    ["up{}", "up"],
    ['up{job="a",instance=~"b.*",}', 'up{job="a",instance=~"b.*"}'],
    ['{"a.name", "a label"!="x"}', '{__name__="a.name","a label"!="x"}'],
    ["sum", "sum"],
    ["by{bool='x'}", 'by{bool="x"}'],
    ["up[5m]", "up[5m]"],
    ["up [ 90s ] offset -1w", "up[1m30s] offset -1w"],
    ["up @ 1.5 offset 5", "up @ 1.500 offset 5s"],
    ["up offset 1m @ end()", "up @ end() offset 1m"],
    ["up[1h:] @ start()", "up[1h:] @ start()"],
    ["rate(up[1m])[1h:30s] offset 1d", "rate(up[1m])[1h:30s] offset 1d"],
    ["up[(1m+step())*2]", "up[(1m + step()) * 2]"],
    ["up offset -(1m * min_of(2, range()))", "up offset (1m * min_of(2s, range()))"],
    ["up[5m] smoothed", "up[5m] smoothed"],
    ["sum by(job)(up)", "sum by (job) (up)"],
    ["sum(up) without(job,)", "sum without (job) (up)"],
    ["topk(3, up) by ('a b')", 'topk by ("a b") (3, up)'],
    ["a + b * c ^ d ^ e", "a + b * c ^ d ^ e"],
    ["(a + b) * c", "(a + b) * c"],
    ["a and b or c unless d", "a and b or c unless d"],
    ["a ATAN2 b", "a atan2 b"],
    ["a == bool 1", "a == bool 1"],
    ["a / on(x, y) group_left(z) b", "a / on (x, y) group_left (z) b"],
    ["a * ignoring() group_right b", "a * ignoring () group_right () b"],
    ["a + on () b", "a + on () b"],
    ["a + fill(0) b", "a + fill (0) b"],
    ["a + fill_right(-1) fill_left(2) b", "a + fill_left (2) fill_right (-1) b"],
    ["a + fill", "a + fill"],
    ["h </ 5 >/ 2", "h </ 5 >/ 2"],
    ["time() # a comment\n + 1", "time() + 1"],
    ["label_replace(up, 'a', '$1', 'b', '(.*)')", 'label_replace(up, "a", "$1", "b", "(.*)")'],
  ];
  for (const [query, printed] of cases) {
    it(query, () => {
      const text = format(readQuery(query).expression);
      if (query !== "up offset -(1m * min_of(2, range()))") assert.equal(text, printed);
      assert.equal(format(readQuery(text).expression), text);
    });
  }
});

describe("what is wrong is said with its place", () => {
  const cases: [query: string, message: string][] = [
    ["", "1:1: parse error: no expression found in input"],
    ["1 +", "1:4: parse error: unexpected end of input"],
    ["sum(", "1:5: parse error: unclosed left parenthesis"],
    ["up)", "1:3: parse error: unexpected right parenthesis ')'"],
    ["up{", "1:4: parse error: unexpected end of input inside braces"],
    ["up{job}", '1:7: parse error: unexpected "}" in label matching, expected label matching operator'],
    ["up{job=a}", '1:8: parse error: unexpected identifier "a" in label matching, expected string'],
    ['up{job=~"("}', "1:4: parse error: error parsing regexp: missing closing ): `(`"],
    ["{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"],
    ['{job=~".*"}', "1:1: parse error: vector selector must contain at least one non-empty matcher"],
    ['up{__name__="x"}', '1:1: parse error: metric name must not be set twice: "up" or "x"'],
    ["sum by (a b) (up)", '1:11: parse error: unexpected identifier "b" in grouping opts, expected "," or ")"'],
    ["sum by up", '1:8: parse error: unexpected identifier "up" in grouping opts, expected "("'],
    ["sum()", "1:1: parse error: no arguments for aggregate expression provided"],
    ["topk(up)", "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1"],
    ["up[5]m", '1:6: parse error: unexpected identifier "m"'],
    ["up[0s]", "1:4: parse error: duration must be greater than 0"],
    ["up[1m1h]", '1:4: parse error: not a valid duration string: "1m1h"'],
    ["up[5m", "1:6: parse error: unexpected end of input in duration expression"],
    ["(up)[5m]", "1:5: parse error: ranges only allowed for vector selectors"],
    ["up offset 1m [5m]", "1:14: parse error: no offset modifiers allowed before range"],
    ["up offset 1m offset 1m", "1:1: parse error: offset may not be set multiple times"],
    [
      "1 offset 1m",
      "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
    ],
    ["foo(up)", '1:1: parse error: unknown function with name "foo"'],
    ["rate(up)", '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
    ["rate(up[1m], 2)", '1:1: parse error: expected 1 argument(s) in call to "rate", got 2'],
    ["clamp(up)", '1:1: parse error: expected 3 argument(s) in call to "clamp", got 1'],
    ["abs(up,)", "1:7: parse error: trailing commas not allowed in function call args"],
    ["1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"],
    ["up + bool up", "1:4: parse error: bool modifier can only be used on comparison operators"],
    ["up and 1", '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ["up and on(a) group_left(b) up", '1:1: parse error: no grouping allowed for "and" operation'],
    ["up[1m] + 1", "1:1: parse error: binary expression must contain only scalar and instant vector types"],
    ["1 + on(a) up", "1:1: parse error: vector matching only allowed between instant vectors"],
    ["up + on(a) group_left(a) up", '1:4: parse error: label "a" must not occur in ON and GROUP clause at once'],
    [
      '-"a"',
      '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"',
    ],
    ["up =~ 1", "1:4: parse error: unexpected character after '=': '~'"],
    ["1\n+\n  &", "3:3: parse error: unexpected character: '&'"],
    ['"é" + é', "1:8: parse error: unexpected character: 'é'"],
    ['"a', "1:1: parse error: unterminated quoted string"],
    ["'\\q'", "1:1: parse error: unknown escape sequence U+0071 'q'"],
    ["1e", '1:1: parse error: bad number or duration syntax: "1e"'],
    ["up @ 1e400", '1:6: parse error: error parsing number: parsing "1e400": value out of range or invalid syntax'],
    ["up @ x", '1:6: parse error: unexpected identifier "x" in @, expected timestamp'],
    ["up[5m] anchored smoothed", "1:1: parse error: anchored and smoothed modifiers may not be set multiple times"],
  ];
  for (const [query, message] of cases) {
    it(JSON.stringify(query), () => {
      const isRight = (thrown: unknown) => {
        assert.ok(thrown instanceof AppError);
        assert.equal(thrown.message, message);
        return thrown.code === "invalid_argument";
      };
      assert.throws(() => readQuery(query), isRight);
    });
  }

  it("nesting has an end", () => {
    assert.throws(() => readQuery(`${"(".repeat(10_000)}1${")".repeat(10_000)}`), /nested deeper/);
    assert.throws(() => readQuery(`${"-".repeat(10_000)}1`), /nested deeper/);
    assert.throws(() => readQuery(`up[${"(".repeat(10_000)}1${")".repeat(10_000)}]`), /nested deeper/);
  });
});
