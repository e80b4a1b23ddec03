import assert from "node:assert/strict";
import { test } from "node:test";
import { compileTemplate, fixedFunctions } from "./template.ts";

const nowNs = 1_700_000_000_123_456_789n;
const line = { text: "the line", timestampNs: 1_656_353_124_120_000_000n };
const labels = new Map([
  ["foo", "BLIp"],
  ["bar", "blop"],
  ["n", "20"],
  ["f", "5.3"],
  ["blank", "  x "],
  ["empty", ""],
  ["path", "/api/v1/users?id=1&x=a b"],
  ["json", '{"list":[{"q":"up"},{"q":"down"}],"n":5,"deep":{"a":true}}'],
  ["took", "1h30m"],
  ["size", "1.5KiB"],
]);

/** What each template makes of the labels above. */
const filledIn: readonly (readonly [template: string, text: string])[] = [
  // Texts and labels.
  ["plain", "plain"],
  ["{{.foo}}-{{ .bar }}-{{.missing}}.", "BLIp-blop-."],
  ["{{ __line__ }} {{ __line__ | upper }}", "the line THE LINE"],
  ["a {{- .bar -}} b", "ablopb"],
  ["a {{/* not shown */}}b{{- /* nor this */ -}} c", "a bc"],
  ["{{ $x := .bar }}{{ $x }}{{ $x = .n }}{{ $x }}{{ $.foo }}", "blop20BLIp"],
  ['{{ "quoted\\t" }}{{ `raw` }}{{ 12 }} {{ 0x10 }} {{ 1.50 }} {{ 1e3 }} {{ true }}', "quoted\traw12 16 1.5 1000 true"],
  // Choices and loops.
  ['{{ if eq .bar "blop" }}yes{{ else }}no{{ end }}', "yes"],
  ['{{ if .missing }}a{{ else if contains "lo" .bar }}b{{ else }}c{{ end }}', "b"],
  ["{{ with .missing }}{{ . }}{{ else }}none{{ end }}{{ with .bar }}<{{ . }}>{{ end }}", "none<blop>"],
  ["{{ range $i, $q := (fromJson .json).list }}{{ $i }}={{ $q.q }};{{ end }}", "0=up;1=down;"],
  ['{{ range (fromJson .json).list }}{{ if eq .q "down" }}{{ break }}{{ end }}{{ .q }}{{ end }}', "up"],
  ['{{ range (fromJson .json).list }}{{ if eq .q "up" }}{{ continue }}{{ end }}{{ .q }}{{ else }}x{{ end }}', "down"],
  ["{{ range $k, $v := fromJson .json }}{{ $k }} {{ end }}", "deep list n "],
  ['{{ if and (hasPrefix "BL" .foo) (not (hasSuffix "x" .foo)) }}both{{ end }}', "both"],
  ["{{ if or .missing .empty }}a{{ else }}b{{ end }}", "b"],
  ["{{ or .missing .bar }} {{ and .foo .bar }}", "blop blop"],
  // Comparisons and collections.
  [
    '{{ eq .bar "a" "blop" }} {{ ne 1 2 }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt "b" "a" }} {{ ge 1 2 }}',
    "true true true true true false",
  ],
  [
    '{{ len .bar }} {{ index (fromJson .json) "n" }} {{ index (fromJson .json).list 1 "q" }} {{ slice .bar 1 3 }}',
    "4 5 down lo",
  ],
  ['{{ (fromJson .json).deep.a }} {{ fromJson "no json" }} {{ fromJson `[1,2]` }}', "true <no value> [1 2]"],
  // Texts.
  [
    "{{ .foo | lower }} {{ .bar | upper }} {{ .bar | title }} {{ ToLower .foo }} {{ ToUpper .bar }}",
    "blip BLOP Blop blip BLOP",
  ],
  ['{{ .bar | replace "blop" "bar" }} {{ Replace .bar "b" "p" -1 }} {{ Replace "aaa" "a" "b" 2 }}', "bar plop bba"],
  [
    "{{ .foo | substr 1 3 }} {{ .bar | trunc 1 }} {{ .bar | trunc -2 }} {{ substr -1 2 .bar }} {{ substr 1 -1 .bar }}",
    "LI b op bl lop",
  ],
  [
    '{{ .blank | trim }}|{{ .bar | trimAll "op" }}|{{ .bar | trimPrefix "b" }}|{{ .bar | trimSuffix "p" }}|{{ TrimSpace .blank }}',
    "x|bl|lop|blo|x",
  ],
  [
    '{{ Trim "xxaxx" "x" }} {{ TrimLeft "xxa" "x" }} {{ TrimRight "axx" "x" }} {{ TrimPrefix "xa" "x" }} {{ TrimSuffix "ax" "x" }}',
    "a a a a a",
  ],
  [
    '{{ alignLeft 5 "hi" }}|{{ alignRight 5 "hi" }}|{{ alignLeft 2 "hello" }}|{{ alignRight 2 "hello" }}',
    "hi   |   hi|he|lo",
  ],
  ['{{ "foo\\n bar" | indent 2 }}{{ "x" | nindent 2 }} {{ repeat 3 "ab" }}', "  foo\n   bar\n  x ababab"],
  ['{{ .missing | default "-" }}{{ .empty | default "-" }}{{ .bar | default "-" }}', "--blop"],
  [
    '{{ b64enc "hello" }} {{ b64dec "aGVsbG8=" }} {{ urlencode "a b&c/d" }} {{ urldecode "a+b%26c" }}',
    "aGVsbG8= hello a+b%26c%2Fd a b&c",
  ],
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: so are groups written in Go
  [
    '{{ regexReplaceAll "(a*)bc" "aabc" "${1}x" }} {{ regexReplaceAllLiteral "(p)" .foo "${1}" }} {{ count "a|b" "abab" }}',
    "aax BLI${1} 4",
  ],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: until here
  // Numbers.
  ["{{ add 3 2 5 }} {{ sub 5 2 }} {{ mul 5 2 3 }} {{ div 10 3 }} {{ mod .n 3 }}", "10 3 30 3 2"],
  ["{{ add .foo 1 }} {{ add .n 1 }} {{ max 1 .n 3 }} {{ min 4 2 3 }}", "1 21 20 2"],
  [
    "{{ addf 3.5 2 5 }} {{ subf 5.5 2 1.5 }} {{ mulf 5.5 2 2.5 }} {{ divf 10 2 4 }} {{ maxf 1 2.5 }} {{ minf 1 2.5 1.5 }}",
    "10.5 2 27.5 1.25 2.5 1",
  ],
  ["{{ ceil .f }} {{ floor .f }} {{ round 123.555555 3 }} {{ round 123.88571428571 5 .2 }}", "6 5 123.556 123.88572"],
  ['{{ "2.5" | float64 | int | add 10 }} {{ "3" | int }} {{ int "x" }} {{ float64 "3.5" }}', "12 3 0 3.5"],
  ["{{ duration .took }} {{ .took | duration_seconds }} {{ bytes .size }}", "5400 5400 1536"],
  // Times.
  [
    '{{ __timestamp__ | date "2006-01-02T15:04:05.00Z07:00" }} {{ __timestamp__ | unixEpoch }}',
    "2022-06-27T18:05:24.12Z 1656353124",
  ],
  [
    '{{ date "2006-01-02" now }} {{ unixEpochMillis now }} {{ unixEpochNanos now }}',
    "2023-11-14 1700000000123 1700000000123456789",
  ],
  ['{{ date "Jan _2, 06 3:04PM" (toDate "2006-01-02 15:04" "2021-11-02 16:05") }}', "Nov  2, 21 4:05PM"],
  ['{{ sub (unixEpoch (toDate "2006-01-02" "2021-11-02")) (unixEpoch (toDate "2006-01-02" "2021-11-01")) }}', "86400"],
  ['{{ toDateInZone "2006-01-02 15:04:05" "Europe/Berlin" "2021-07-01 12:00:00" | unixEpoch }}', "1625133600"],
  [
    '{{ toDateInZone "2006-01-02T15:04:05.999Z07:00" "UTC" "2021-07-01T12:00:00.5+02:00" | unixEpochMillis }}',
    "1625133600500",
  ],
  [
    '{{ unixToTime "1679577215" | date "2006-01-02" }} {{ unixToTime "19373" | date "02.01.06" }}',
    "2023-03-23 16.01.23",
  ],
  ['{{ toDate "2006-01-02" "nonsense" | date "2006" }}', "0001"],
  ["{{ __timestamp__ }}", "2022-06-27 18:05:24.12 +0000 UTC"],
  // Printing.
  ['{{ printf "%s is %d%% of %5.2f" .bar 7 2.5 }}', "blop is 7% of  2.50"],
  [
    '{{ printf "%-6s|%6s|%06d|%+d|%x|%q|%v|%t" "a" "b" 42 7 255 "q" .bar true }}',
    'a     |     b|000042|+7|ff|"q"|blop|true',
  ],
  ['{{ printf "%-5.5s|%*d" .path 4 7 }}', "/api/|   7"],
  ['{{ printf "%d" "x" }} {{ printf "%s" }} {{ printf "x" 1 }}', "%!d(string=x) %!s(MISSING) x%!(EXTRA int=1)"],
  ['{{ print "a" 1 2 "b" }} {{ println "x" 1 }}', "a1 2b x 1\n"],
  ['{{ html "<a&b>" }} {{ urlquery "a b" }} {{ js "it\'s <b>" }}', "&lt;a&amp;b&gt; a+b it\\'s \\u003Cb\\u003E"],
];

for (const [source, text] of filledIn) {
  test(`${source} makes ${JSON.stringify(text)}`, () => {
    assert.equal(compileTemplate(source, "line", nowNs).render(line, labels), text);
  });
}

test("every function of templates is among those", () => {
  const used = new Set(filledIn.flatMap(([source]) => source.match(/[a-zA-Z_]\w*/g) ?? []));
  const names = [...fixedFunctions.keys(), "now", "date", "__line__", "__timestamp__"];
  assert.deepEqual(
    names.filter((name) => !used.has(name)),
    [],
  );
});

/** Templates that cannot be read, and what Go says of them. */
const refused: readonly (readonly [template: string, message: string])[] = [
  ["{{", "template: line:1: unclosed action"],
  ["{{ .foo", "template: line:1: unclosed action"],
  ["{{ nope .foo }}", 'template: line:1: function "nope" not defined'],
  ["a\n{{ }}", "template: line:2: missing value for command"],
  ["{{ if .a }}x", "template: line:1: unexpected EOF"],
  ["{{ end }}", "template: line:1: unexpected {{end}}"],
  ["{{ else }}", "template: line:1: unexpected {{else}}"],
  ["{{ break }}", "template: line:1: {{break}} outside {{range}}"],
  ["{{ $x }}", 'template: line:1: undefined variable "$x"'],
  ['{{ "abc }}', "template: line:1: unterminated quoted string"],
  ["{{/* x }}", "template: line:1: unclosed comment"],
  ["{{ /* x */ }}", 'template: line:1: unexpected "/" in command'],
  ["{{ .a | 5 }}", "template: line:1: non executable command in pipeline stage 2"],
  ["{{ (.a }}", "template: line:1: unclosed left paren"],
];

for (const [source, message] of refused) {
  test(`${JSON.stringify(source)} is refused`, () => {
    assert.throws(() => compileTemplate(source, "line", nowNs), { code: "invalid_argument", message });
  });
}

/** Templates that can be read and not carried out. */
const failing: readonly (readonly [template: string, message: RegExp])[] = [
  ["{{ div 1 0 }}", /integer divide by zero/],
  ["{{ lower 5 }}", /<5>: expected string; found 5/],
  ["{{ add 1 2 | lower }}", /wrong type for value; expected string; got int64/],
  ["{{ lower }}", /wrong number of args for lower: want 1 got 0/],
  ['{{ regexReplaceAll "(" .foo "" }}', /missing closing \)/],
  ["{{ .foo.bar }}", /can't evaluate field bar in type string/],
  ['{{ .foo "x" }}', /foo is not a method but has arguments/],
  ['{{ eq 1 "1" }}', /incompatible types for comparison/],
  ['{{ repeat 100000000 "x" }}', /more than/],
  ['{{ range $i := (fromJson "[1,2,3,4,5,6,7,8,9,10]") }}{{ repeat 200000 "x" }}{{ end }}', /output is longer than/],
  ['{{ unixToTime "12" }}', /unable to parse time/],
  ['{{ duration "x" }}', /invalid duration/],
];

for (const [source, message] of failing) {
  test(`${source} fails`, () => {
    assert.throws(() => compileTemplate(source, "line", nowNs).render(line, labels), message);
  });
}

test("a template knows which labels it looks at", () => {
  const labelsOf = (source: string) => [...(compileTemplate(source, "line", nowNs).labels ?? ["everything"])].sort();
  assert.deepEqual(labelsOf("{{.a}} {{ .b | upper }} {{ if .c }}{{ $.d }}{{ end }}"), ["a", "b", "c", "d"]);
  assert.deepEqual(labelsOf("{{ with .a }}{{ . }}{{ end }}{{ __line__ }}"), ["a"]);
  assert.deepEqual(labelsOf("{{ . }}"), ["everything"]);
  assert.deepEqual(labelsOf("{{ $ }}"), ["everything"]);
});

test("no layout of a time takes long to fail", () => {
  const layout = "2".repeat(200);
  const started = process.cpuUsage().user;
  compileTemplate(`{{ toDate "${layout}" "${"1".repeat(399)}x" }}`, "line", nowNs).render(line, labels);
  assert.ok(process.cpuUsage().user - started < 500_000);
});
