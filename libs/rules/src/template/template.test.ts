// After template/template_test.go of Prometheus 3.16 (Apache-2.0): its rows, and some of our own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import type { MissingKey } from "@sightline/gotemplate/execute/state";
import { list, type Value } from "@sightline/gotemplate/value";
import type { Vector } from "../evaluate/queries.ts";
import { checkTemplate, createExpandTemplate } from "./alert-template.ts";
import { expandTemplate } from "./expand.ts";
import { splitHostPort } from "./host-port.ts";

interface Row {
  readonly in: string;
  readonly dot?: Value;
  readonly answer?: Vector;
  readonly form?: "text" | "html";
  readonly missingKey?: MissingKey;
  readonly out?: string;
  readonly fails?: string;
}

async function expand({ in: text, dot = null, answer = [], form = "text", missingKey = "zero" }: Row): Promise<string> {
  return await expandTemplate({
    ...{ text, name: "test", dot, form, missingKey },
    atMs: 1_353_755_652_000,
    externalUrl: "http://testhost:9090/path/prefix",
    query: async () => answer,
  });
}

const floats = (...values: number[]) => list(values, { name: "[]float64", element: "float64" });
const texts = (...values: string[]) => list(values, { name: "[]string", element: "string" });
const ints = (...values: bigint[]) => list(values, { name: "[]int64", element: "int64" });
const instance = (name: string, value: number) => ({ labels: { __name__: "metric", instance: name }, value });
const each = (name: string) => `{{ range . }}{{ ${name} . }}:{{ end }}`;
const notThere = `error executing template test: template: test:1:3: executing "test" at <.Foo>: nil data; no entry for key "Foo"`;
const noNumber = (call: string) =>
  `error executing template test: template: test:1:3: executing "test" at <${call} "one">: error calling ${call}: strconv.ParseFloat: parsing "one": invalid syntax`;
const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

const rows: readonly Row[] = [
  { in: "plain text", out: "plain text" },
  { in: "{{ 1 }}", out: "1" },
  {
    in: "{{\u00a0}}",
    fails: "error parsing template test: template: test:1: unrecognized character in action: U+00A0",
  },
  { in: `{{ "<b>" }}`, out: "&lt;b&gt;", form: "html" },
  { in: `{{ "<b>" | safeHtml }}`, out: "<b>", form: "html" },
  { in: `{{ "<b>" }}`, out: "<b>" },
  { in: `{{define "x"}}{{.arg0}} {{.arg1}}{{end}}{{template "x" (args 1 "2")}}`, out: "1 2" },
  { in: `{{ query "1.5" | first | value }}`, out: "1.5", answer: [{ labels: {}, value: 1.5 }] },
  { in: `{{ query "metric{instance='a'}" | first | value }}`, out: "11", answer: [instance("a", 11)] },
  { in: `{{ query "metric" | first | label "instance" }}`, out: "a", answer: [instance("a", 11)] },
  { in: `{{ query "m" | first | strvalue }}`, out: "a", answer: [{ labels: { __value__: "a" }, value: 11 }] },
  { in: `{{ query "metric" | first | label "foo" }}`, out: "", answer: [instance("a", 11)] },
  { in: `{{ $x := query "metric" | first }}{{ $x.Labels.foo }}`, out: "", answer: [instance("a", 11)] },
  { in: `{{ $x := query "metric" | first }}{{ $x.Labels.foo }}`, out: "", answer: [instance("a", 11)], form: "html" },
  {
    in: `{{ range query "metric" | sortByLabel "instance" }}{{.Labels.instance}}:{{.Value}}: {{end}}`,
    out: "a:11: b:21: ",
    answer: [instance("b", 21), instance("a", 11)],
  },
  { in: `{{ "foo.example.com" | stripPort }}`, out: "foo.example.com" },
  { in: `{{ "foo.example.com:12345" | stripPort }}`, out: "foo.example.com" },
  { in: `{{ "192.0.2.1" | stripPort }}`, out: "192.0.2.1" },
  { in: `{{ "192.0.2.1:12345" | stripPort }}`, out: "192.0.2.1" },
  { in: `{{ "2001:0DB8::1" | stripPort }}`, out: "2001:0DB8::1" },
  { in: `{{ "[2001:0DB8::1]:12345" | stripPort }}`, out: "2001:0DB8::1" },
  { in: `{{ "[2001:0DB8::1]::12345" | stripPort }}`, out: "[2001:0DB8::1]::12345" },
  { in: "{{ .Foo }}", out: "<no value>" },
  { in: "{{ .Foo }}", missingKey: "error", fails: notThere },
  { in: "{{ .Foo }}", out: "", form: "html" },
  { in: "{{ .Foo }}", missingKey: "error", fails: notThere, form: "html" },
  { in: "{{", fails: "error parsing template test: template: test:1: unclosed action" },
  {
    in: `{{ query "missing" | first }}`,
    fails: `error executing template test: template: test:1:21: executing "test" at <first>: error calling first: first() called on vector with no elements`,
  },
  {
    in: `{{ (query "missing").banana }}`,
    fails: `error executing template test: template: test:1:10: executing "test" at <"missing">: can't evaluate field banana in type template.queryResult`,
  },
  { in: `{{ reReplaceAll "(a)b" "x$1" "ab" }}`, out: "xa" },
  { in: each("humanize"), dot: floats(0, 1, 1_234_567, 0.12), out: "0:1:1.235M:120m:" },
  { in: each("humanize"), dot: texts("0.0", "1.0", "1234567.0", ".12"), out: "0:1:1.235M:120m:" },
  { in: `{{ humanize "one" }}`, fails: noNumber("humanize") },
  { in: each("humanize"), dot: ints(0n, -1n, 1n, 1_234_567n, maxInt), out: "0:-1:1:1.235M:9.223E:" },
  { in: each("humanize"), dot: ints(0n, 1n, 1_234_567n, maxUint), out: "0:1:1.235M:18.45E:" },
  { in: each("humanize1024"), dot: floats(0, 1, 1_048_576, 0.12), out: "0:1:1Mi:0.12:" },
  { in: each("humanize1024"), dot: texts("0.0", "1.0", "1048576.0", ".12"), out: "0:1:1Mi:0.12:" },
  { in: `{{ humanize1024 "one" }}`, fails: noNumber("humanize1024") },
  { in: each("humanize1024"), dot: ints(0n, -1n, 1n, 1_234_567n, maxInt), out: "0:-1:1:1.177Mi:8Ei:" },
  { in: each("humanize1024"), dot: ints(0n, 1n, 1_234_567n, maxUint), out: "0:1:1.177Mi:16Ei:" },
  {
    in: each("humanizeDuration"),
    dot: floats(0, 1, 60, 3600, 86_400, 86_400 + 3600, -(86_400 * 2 + 3600 * 3 + 60 * 4 + 5), 899.99),
    out: "0s:1s:1m 0s:1h 0m 0s:1d 0h 0m 0s:1d 1h 0m 0s:-2d 3h 4m 5s:14m 59s:",
  },
  { in: `{{ humanizeDuration "one" }}`, fails: noNumber("humanizeDuration") },
  {
    in: "{{ range . }}{{ humanize . }}:{{ humanize1024 . }}:{{ humanizeDuration . }}:{{humanizeTimestamp .}}:{{ end }}",
    dot: floats(Infinity, -Infinity, Number.NaN),
    out: "+Inf:+Inf:+Inf:+Inf:-Inf:-Inf:-Inf:-Inf:NaN:NaN:NaN:NaN:",
  },
  {
    in: "{{ range . }}{{ humanize . }}:{{ humanize1024 . }}:{{ humanizeDuration . }}:{{humanizeTimestamp .}}:{{ end }}",
    dot: texts("+Inf", "-Inf", "NaN"),
    out: "+Inf:+Inf:+Inf:+Inf:-Inf:-Inf:-Inf:-Inf:NaN:NaN:NaN:NaN:",
  },
  {
    in: "{{ -0.22222 | humanizePercentage }}:{{ 0.0 | humanizePercentage }}:{{ 0.1234567 | humanizePercentage }}:{{ 1.23456 | humanizePercentage }}",
    out: "-22.22%:0%:12.35%:123.5%",
  },
  {
    in: each("humanizePercentage"),
    dot: ints(0n, -1n, 1n, 1_234_567n, maxInt),
    out: "0%:-100%:100%:1.235e+08%:9.223e+20%:",
  },
  { in: each("humanizePercentage"), dot: ints(0n, 1n, 1_234_567n, maxUint), out: "0%:100%:1.235e+08%:1.845e+21%:" },
  {
    in: `{{ "-0.22222" | humanizePercentage }}:{{ "0.0" | humanizePercentage }}:{{ "1.23456" | humanizePercentage }}`,
    out: "-22.22%:0%:123.5%",
  },
  {
    in: `{{ "one" | humanizePercentage }}`,
    fails: `error executing template test: template: test:1:11: executing "test" at <humanizePercentage>: error calling humanizePercentage: strconv.ParseFloat: parsing "one": invalid syntax`,
  },
  {
    in: each("humanizeTimestamp"),
    dot: ints(0n, -1n, 1n, 1_234_567n, 9_223_372_036n),
    out: "1970-01-01 00:00:00 +0000 UTC:1969-12-31 23:59:59 +0000 UTC:1970-01-01 00:00:01 +0000 UTC:1970-01-15 06:56:07 +0000 UTC:2262-04-11 23:47:16 +0000 UTC:",
  },
  {
    in: each("humanizeTimestamp"),
    dot: ints(-maxInt - 1n, maxInt),
    fails: `error executing template test: template: test:1:16: executing "test" at <humanizeTimestamp .>: error calling humanizeTimestamp: -9.223372036854776e+18 cannot be represented as a nanoseconds timestamp since it overflows int64`,
  },
  {
    in: each("humanizeTimestamp"),
    dot: ints(maxUint),
    fails: `error executing template test: template: test:1:16: executing "test" at <humanizeTimestamp .>: error calling humanizeTimestamp: 1.8446744073709552e+19 cannot be represented as a nanoseconds timestamp since it overflows int64`,
  },
  { in: "{{ 1435065584.128 | humanizeTimestamp }}", out: "2015-06-23 13:19:44.128 +0000 UTC" },
  { in: `{{ "1435065584.128" | humanizeTimestamp }}`, out: "2015-06-23 13:19:44.128 +0000 UTC" },
  { in: `{{ (1435065584.128 | toTime).Format "2006" }}`, out: "2015" },
  { in: `{{ ("1435065584.128" | toTime).Format "2006" }}`, out: "2015" },
  { in: "{{ (1800 | toDuration).String }}", out: "30m0s" },
  { in: `{{ ("1800" | toDuration).String }}`, out: "30m0s" },
  { in: "{{ now }}", out: "1.353755652e+09" },
  { in: `{{ (now | toTime).Format "Mon Jan 2 15:04:05 2006" }}`, out: "Sat Nov 24 11:14:12 2012" },
  { in: `{{ ("-30m" | parseDuration | toDuration | (now | toTime).Add).UnixMilli }}`, out: "1353753852000" },
  { in: `{{ "aa bb CC" | title }}`, out: "Aa Bb CC" },
  { in: `{{ "aa bb CC" | toUpper }}`, out: "AA BB CC" },
  { in: `{{ "aA bB CC" | toLower }}`, out: "aa bb cc" },
  { in: `{{ match "a+" "aa" }} {{ match "a+" "b" }}`, out: "true false" },
  { in: `{{ graphLink "up" }}`, out: "/graph?g0.expr=up&g0.tab=0" },
  { in: `{{ tableLink "up" }}`, out: "/graph?g0.expr=up&g0.tab=1" },
  { in: `{{ define "a" }}x{{ end }}{{ $name := "a"}}{{ tmpl $name . }}`, out: "x", form: "html" },
  { in: "{{ pathPrefix }}", out: "/path/prefix" },
  { in: "{{ externalURL }}", out: "http://testhost:9090/path/prefix" },
  { in: `{{ printf "%0.2f" (parseDuration "1h2m10ms") }}`, out: "3720.01" },
  { in: `{{ printf "%0.2f" (parseDuration "-1h2m10ms") }}`, out: "-3720.01" },
  { in: `{{ "foo.example.com" | stripDomain }}`, out: "foo" },
  { in: `{{ "foo.example.com:12345" | stripDomain }}`, out: "foo:12345" },
  { in: `{{ "192.0.2.1" | stripDomain }}`, out: "192.0.2.1" },
  { in: `{{ "192.0.2.1:12345" | stripDomain }}`, out: "192.0.2.1:12345" },
  { in: `{{ "2001:0DB8::1" | stripDomain }}`, out: "2001:0DB8::1" },
  { in: `{{ "[2001:0DB8::1]:12345" | stripDomain }}`, out: "[2001:0DB8::1]:12345" },
  { in: `{{ "[2001:0DB8::1]::12345" | stripDomain }}`, out: "[2001:0DB8::1]::12345" },
  { in: `{{ "fe80::1%eth0.100" | stripDomain }}`, out: "fe80::1%eth0.100" },
  { in: `{{ "[fe80::1%eth0.100]:9090" | stripDomain }}`, out: "[fe80::1%eth0.100]:9090" },
  { in: `{{ "::ffff:192.0.2.1%eth0.100" | stripDomain }}`, out: "::ffff:192.0.2.1%eth0.100" },
  { in: `{{ urlQueryEscape "a b&c" }}`, out: "a+b%26c" },
  { in: `{{ define "a" }}{{ tmpl "a" . }}{{ end }}{{ tmpl "a" . }}`, form: "html", fails: "*" },
];

for (const row of rows) {
  test(`${row.in}${row.form === "html" ? " in HTML" : ""}`, async () => {
    if (row.fails === undefined) return assert.equal(await expand(row), row.out);
    await assert.rejects(
      () => expand(row),
      (thrown) => {
        assert.ok(thrown instanceof AppError);
        if (row.fails === "*") assert.match(thrown.message, /tmpl is called by itself more than 20 times/);
        else assert.equal(thrown.message, row.fails);
        return true;
      },
    );
  });
}

test("each query is asked once, one after the other, and later ones may follow from earlier answers", async () => {
  const asked: string[] = [];
  const text = `{{ with query "a" | first }}{{ query (printf "b{x='%s'}" .Labels.x) | first | value }}{{ end }}{{ query "a" | first | value }}`;
  const made = await expandTemplate({
    ...{ text, name: "t", dot: null, atMs: 5000, externalUrl: "" },
    async query(expression, atMs) {
      asked.push(`${expression} at ${atMs}`);
      return [{ labels: { x: "1" }, value: asked.length }];
    },
  });
  assert.equal(made, "21");
  assert.deepEqual(asked, ["a at 5000", "b{x='1'} at 5000"]);
});

test("a template asks so many queries and no more", async () => {
  const text = `{{ range $i := . }}{{ query (printf "%d" $i) }}{{ end }}`;
  const dot = ints(...Array.from({ length: 30 }, (_, index) => BigInt(index)));
  await assert.rejects(() => expand({ in: text, dot }), /error executing template test: asks more than 20 queries/);
});

const expandAlert = createExpandTemplate({
  externalLabels: { cluster: "eu" },
  externalUrl: "https://sightline.example/prom",
  query: async () => {
    throw unavailable("storage is away");
  },
});
const data = { alertName: "Down", labels: { instance: "a:1", __name__: "up" }, value: 0.25, atMs: 60_000 };

test("the texts of alerts know labels, value and where they come from", async () => {
  const text =
    "{{ $labels.instance }} {{ $labels.nothing }}{{ $value | humanizePercentage }} {{ $externalLabels.cluster }} {{ $externalURL }} {{ .Value }}";
  assert.equal(expandAlert(text, data), "a:1 25% eu https://sightline.example/prom 0.25");
  assert.equal(expandAlert("{{ $labels }}", data), "map[__name__:up instance:a:1]");
});

test("what is wrong with an alert's template stands in its text", async () => {
  assert.equal(
    expandAlert("{{ $labels.a.b }}", data),
    `<error expanding template: error executing template __alert_Down: template: __alert_Down:1:122: executing "__alert_Down" at <$labels.a.b>: can't evaluate field b in type string>`,
  );
  assert.equal(
    await expandAlert(`{{ query "up" }}`, data),
    `<error expanding template: error executing template __alert_Down: template: __alert_Down:1:115: executing "__alert_Down" at <query "up">: error calling query: storage is away>`,
  );
});

test("a template is looked at before it is used", () => {
  assert.equal(checkTemplate("{{ $value }}", "Down"), undefined);
  assert.equal(checkTemplate("{{ $values }}", "Down"), `template: __alert_Down:1: undefined variable "$values"`);
  assert.equal(checkTemplate("{{ tmpl `x` . }}", "Down"), `template: __alert_Down:1: function "tmpl" not defined`);
});

test("hosts and ports are told apart as Go does", () => {
  assert.deepEqual(splitHostPort("a:1"), { host: "a", port: "1" });
  assert.deepEqual(splitHostPort("[::1]:"), { host: "::1", port: "" });
  for (const wrong of ["a", "::1", "[::1]", "[a]b:1", "a]:1", "[a:1", ""])
    assert.equal(splitHostPort(wrong), undefined, wrong);
});
