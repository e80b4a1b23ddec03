import assert from "node:assert/strict";
import { test } from "node:test";
import { formatStage } from "../format-stage.ts";
import { parseLogQuery, parseLogql } from "../logql.ts";
import { eachLabel } from "./formats.ts";
import { createIpTest, parseIp } from "./ip.ts";
import { createLine, fillLine, type Line } from "./line.ts";
import { createPipeline, lineFiltersFirst } from "./pipeline.ts";

/** Runs a pipeline over one line of the stream {app="a"}; undefined where it is dropped. */
function run(pipeline: string, text: string, metadata: Record<string, string> = {}): Line | undefined {
  const expression = parseLogql(`{app="a"} ${pipeline}`);
  if (expression.type !== "log") throw new Error("want a query of lines");
  const line = createLine(null, false);
  const more = new Map(Object.entries(metadata));
  fillLine(line, { timestampNs: 0n, text, stream: new Map([["app", "a"]]), metadata: more });
  return createPipeline(expression, 0n)(line) ? line : undefined;
}

/** What a line has besides its stream's label, as text. */
function labelsOf(line: Line | undefined): string {
  if (line === undefined) return "dropped";
  const labels = [...eachLabel(line)].filter(([name]) => name !== "app");
  return labels.map(([name, value]) => `${name}=${value}`).join(" ");
}

/** Lines of JSON, and what becomes of them. */
const json: readonly (readonly [text: string, labels: string])[] = [
  ["{}", ""],
  [" { } ", ""],
  ['{"a":1,"b":-2.5e3,"c":true,"d":false}', "a=1 b=-2.5e3 c=true d=false"],
  ['{"a":null,"b":[1,{"c":2}],"d":{}}', ""],
  ['{"a":{"b":{"c":"d"}},"e":"f"}', "a_b_c=d e=f"],
  ['{"a.b-c d":1,"1st":2,"é":3,"":4}', "a_b_c_d=1 _1st=2 _=3 =4"],
  ['{"a":1,"a":2}', "a=1"],
  ['{"app":"mine"}', "app_extracted=mine"],
  ['{"a":"\\"q\\" \\\\ \\/ \\n \\u00e9 \\ud83d\\ude00"}', 'a="q" \\ / \n é 😀'],
  ['{"a":"\\ud83d","b":"\\x","c":"ok"}', "a= b= c=ok"],
  ['{"a":"\\ufffd"}', "a= "],
  ['{"\\u0061":1}', "a=1"],
  ['{"__error__":"mine","__preserve_error__":"true","a":1}', "a=1"],
  ['{"a":"}","b":"{\\"c\\":1}"}', 'a=} b={"c":1}'],
  // What comes before a mistake is seen.
  ['{"a":1,"b":', "a=1 __error__=JSONParserErr __error_details__=Malformed JSON error"],
  [
    '{"a":1 "b":2}',
    "a=1 __error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol",
  ],
  ['{"a":1', "a=1 __error__=JSONParserErr __error_details__=Value is array, but can't find closing ']' symbol"],
  ['{"a":"x', `__error__=JSONParserErr __error_details__=Value is string, but can't find closing '"' symbol`],
  ['{"a":yes}', "__error__=JSONParserErr __error_details__=Unknown value type"],
  ['{"a":{"b":1}', "a_b=1 __error__=JSONParserErr __error_details__=Value is array, but can't find closing ']' symbol"],
  [
    '{"a":{"b":1',
    "__error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol",
  ],
  ['{"\\x":1}', "__error__=JSONParserErr __error_details__=Encountered an invalid escape sequence in a string"],
  ["[1]", "__error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol"],
  ["", "__error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol"],
];

for (const [text, labels] of json) {
  test(`json makes ${JSON.stringify(labels)} of ${text}`, () => assert.equal(labelsOf(run("| json", text)), labels));
}

test("json looks no deeper than labels go", () => {
  const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
  assert.equal(labelsOf(run("| json", deep)), "");
});

test("a parser that knows the keys of one line reads another with other keys", () => {
  const expression = parseLogql('{app="a"} | json | keep a, b, ab, a_b');
  if (expression.type !== "log") throw new Error("want a query of lines");
  const pipeline = createPipeline(expression, 0n);
  const line = createLine(null, false);
  const given = [
    '{"a":1,"b":2}',
    '{"ab":3,"b":4}',
    '{"b":5,"a":6}',
    '{"a":{"b":7},"ab":8}',
    '{"a":9}',
    '{"a":1,"b":2}',
  ];
  const found = given.map((text) => {
    fillLine(line, { timestampNs: 0n, text, stream: new Map(), metadata: null });
    pipeline(line);
    return labelsOf(line);
  });
  assert.deepEqual(found, ["a=1 b=2", "ab=3 b=4", "b=5 a=6", "a_b=7 ab=8", "a=9", "a=1 b=2"]);
});

/** Expressions of JSON over one line. */
const paths: readonly (readonly [expression: string, value: string])[] = [
  ["a", "1"],
  ["b.c", "x y"],
  ['b["c"]', "x y"],
  ['["b"]["c"]', "x y"],
  ["b", '{"c":"x y"}'],
  ["d[1].e", "true"],
  ["d[0]", "5"],
  ["d", '[5, {"e":true}]'],
  ["d[9]", ""],
  ["f", ""],
  ["b.c.g", ""],
  ['["h i"]', "é"],
];

for (const [expression, value] of paths) {
  test(`json x=${expression} finds ${value}`, () => {
    const text = '{"a":1,"b":{"c":"x y"},"d":[5, {"e":true}],"f":null,"h i":"\\u00e9"}';
    assert.equal(labelsOf(run(`| json x=\`${expression}\``, text)), `x=${value}`);
  });
}

test("an expression that is no path is refused with what was expected", () => {
  for (const wrong of ["a[", "a[b]", "a..b", ".a", "a b", "a]", '"a"', '["a"', '["a""b"]']) {
    assert.throws(
      () => run(`| json x=\`${wrong}\``, "{}"),
      /cannot parse expression \[.*\]: syntax error: unexpected .*, expecting /s,
      wrong,
    );
  }
  assert.throws(() => run("| logfmt x=`a b`", ""), /cannot parse expression \[a b\]: syntax error/);
});

/** Lines of logfmt, and what becomes of them. */
const logfmt: readonly (readonly [stage: string, text: string, labels: string])[] = [
  ["logfmt", "a=1 b=two c=3ms", "a=1 b=two c=3ms"],
  ["logfmt", '  a="x y"\tb="q \\"in\\" \\n \\u00e9"  ', 'a=x y b=q "in" \n é'],
  ["logfmt", "a= b c=1", "c=1"],
  ["logfmt --keep-empty", 'a= b c="" d=1', "a= b= c= d=1"],
  ["logfmt", "a-b.c=1 1x=2 é=3", "a_b_c=1 _1x=2 _=3"],
  ["logfmt", "a=1 a=2 app=x", "a=1 app_extracted=x"],
  ["logfmt", '=1 a=b=c "x" d="e', ""],
  ["logfmt", "=1 ok=2", "ok=2"],
  ["logfmt", "just some words", ""],
  [
    "logfmt --strict",
    "a=1 b=c=d e=2",
    "a=1 __error__=LogfmtParserErr __error_details__=logfmt syntax error at pos 8 : unexpected '='",
  ],
  [
    "logfmt --strict",
    'a=1 "b" e=2',
    `a=1 __error__=LogfmtParserErr __error_details__=logfmt syntax error at pos 5 : unexpected '"'`,
  ],
  [
    "logfmt --strict",
    'a="x',
    "__error__=LogfmtParserErr __error_details__=logfmt syntax error at pos 5 : unterminated quoted value",
  ],
  [
    "logfmt --strict",
    'a="\\x" b=1',
    "__error__=LogfmtParserErr __error_details__=logfmt syntax error at pos 7 : invalid quoted value",
  ],
  ["logfmt b, x=`a`", "a=1 b=2 b=3 c=4", "x=1 b=2"],
  ["logfmt x=`a.b`, y", "a.b=1", "x=1 y="],
  ["logfmt app", "app=2", "app_extracted=2"],
];

for (const [stage, text, labels] of logfmt) {
  test(`${stage} makes ${JSON.stringify(labels)} of ${text}`, () => {
    assert.equal(labelsOf(run(`| ${stage}`, text)), labels);
  });
}

/** Patterns, lines, and what stands in the captures. */
const patterns: readonly (readonly [pattern: string, text: string, labels: string])[] = [
  ["a <x> c", "a b c", "x=b"],
  ["a <x> c<y>", "a b c", "x=b y="],
  ["<x> c", "no such end", "x=no such end"],
  ["b <x>", "a b", ""],
  ["<_> <x> <_> <y>", "1 2 3 4 5", "x=2 y=4 5"],
  ["<x>?<_>", "/api/v1?x=1", "x=/api/v1"],
  ["<x>?<_>", "/api/v1", "x=/api/v1"],
  [
    '<ip> [<_>] "<method> <path>" <status> ',
    '1.2.3.4 [now] "GET /x" 200 12',
    "ip=1.2.3.4 method=GET path=/x status=200",
  ],
  ["<app> <rest>", "x y", "app_extracted=x rest=y"],
  ["<x> <9> <y z> <>", "a <9> <y z> <>", "x=a"],
  ["<x>", "", ""],
];

for (const [pattern, text, labels] of patterns) {
  test(`pattern ${pattern} makes ${JSON.stringify(labels)} of ${text}`, () => {
    assert.equal(labelsOf(run(`| pattern \`${pattern}\``, text)), labels);
  });
}

/** Patterns of line filters, lines, and whether they are like that as a whole. */
const linePatterns: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ["a <_> c", "a b c", true],
  ["a <_> c", "a b c d", false],
  ["a <_> c", "x a b c", false],
  ["<_> c", "a b c", true],
  ["a <_>", "a ", false],
  ["<_>", "x", true],
  ["<_>", "", false],
  ["abc", "abc", true],
  ["abc", "abcd", false],
  ["", "", true],
  ["", "x", false],
];

for (const [pattern, text, matches] of linePatterns) {
  test(`|> ${pattern} ${matches ? "matches" : "does not match"} ${text}`, () => {
    assert.equal(run(`|> \`${pattern}\``, text) !== undefined, matches);
  });
}

test("addresses are read as Go reads them", () => {
  const right = [
    "1.2.3.4",
    "255.255.255.255",
    "::",
    "::1",
    "2001:db8::1",
    "1:2:3:4:5:6:7:8",
    "::ffff:1.2.3.4",
    "fe80::1%eth0",
  ];
  for (const text of right) assert.ok(parseIp(text), text);
  const wrong = [
    "1.2.3",
    "1.2.3.4.",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4.5",
    ":",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "12345::",
    "g::1",
    "",
  ];
  for (const text of wrong) assert.equal(parseIp(text), undefined, text);
});

/** Patterns of ip(), texts, and whether an address of the pattern is in them. */
const addresses: readonly (readonly [pattern: string, text: string, isIn: boolean])[] = [
  ["192.168.0.1", "from 192.168.0.1:80 to", true],
  ["192.168.0.1", "from 192.168.0.11", false],
  ["192.168.0.0/16", "x=192.168.4.5,", true],
  ["192.168.4.9/16", "192.168.0.0", true],
  ["10.0.0.1-10.0.0.9", "10.0.0.9", true],
  ["10.0.0.1-10.0.0.9", "10.0.0.10", false],
  ["0.0.0.0/0", "::1", false],
  ["::/0", "10.0.0.1", false],
  ["2001:db8::/32", "[2001:db8::7]:443", true],
  ["2001:db8::/32", "2001:db9::7", false],
  ["::1", "at ::1 now", true],
  ["10.0.0.7", "1.2.3 10.0.0.7", true],
  ["10.0.0.7", "", false],
];

for (const [pattern, text, isIn] of addresses) {
  test(`ip("${pattern}") is ${isIn ? "" : "not "}in ${text}`, () => assert.equal(createIpTest(pattern)(text), isIn));
}

test("colours are removed, whatever else begins like them", () => {
  const decolorized = (text: string) => run("| decolorize", text)?.text;
  assert.equal(decolorized("\x1b[31mred\x1b[0m \x1b[1;38;5;208morange\x1b[m \x9b32mgreen"), "red orange green");
  assert.equal(decolorized("plain [31m text"), "plain [31m text");
  assert.equal(decolorized("\x1b]0;title\x07after"), "after");
});

test("unpack gives back what was packed, and leaves what was not", () => {
  assert.equal(run("| unpack", '{"pod":"p","app":"x","_entry":"the line"}')?.text, "the line");
  assert.equal(labelsOf(run("| unpack", '{"pod":"p","app":"x","n":1,"_entry":"the line"}')), "pod=p app_extracted=x");
  assert.equal(labelsOf(run("| unpack", '{"pod":"p"}')), "");
  assert.match(labelsOf(run("| unpack", "plain")), /^__error__=JSONParserErr __error_details__=expecting json object/);
});

test("metadata keeps its name before what is parsed, and after the stream's", () => {
  const line = run("| json", '{"a":"parsed","b":"parsed","app":"parsed"}', { a: "meta", app: "meta" });
  assert.equal(labelsOf(line), "a=meta a_extracted=parsed b=parsed app_extracted=parsed");
});

test("line filters come first, the cheapest of them before the others, as far as that changes nothing", () => {
  const order = (pipeline: string) =>
    lineFiltersFirst(parseLogQuery(`{app="a"} ${pipeline}`).stages)
      .map(formatStage)
      .join(" ");
  assert.equal(
    order('| json |~ "a" |> "b" != ip("1.1.1.1") |= "c" !~ "d" | logfmt != "e"'),
    '|= "c" != "e" |> "b" |~ "a" !~ "d" != ip("1.1.1.1") | json | logfmt',
  );
  assert.equal(order('| json | a="b" |~ "c" |= "d"'), '| json | a="b" |= "d" |~ "c"');
  assert.equal(order('| line_format "{{.a}}" |= "b" | unpack |= "c"'), '| line_format "{{.a}}" |= "b" | unpack |= "c"');
});
