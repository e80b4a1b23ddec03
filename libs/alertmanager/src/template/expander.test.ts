// After template/template_test.go of Alertmanager 0.34 (Apache-2.0): its rows, and some of our own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { defaultLimits } from "@sightline/gotemplate/template";
import { timeOfMs } from "@sightline/gotemplate/time/layout";
import { dict, list, stringDictType, stringsType, type Value } from "@sightline/gotemplate/value";
import type { Notification, NotifiedAlert } from "../notification.ts";
import { dataOf, type TemplateData } from "./data.ts";
import { createExpander, type Form } from "./expander.ts";

const nowMs = Date.UTC(2024, 0, 1, 9, 15, 30);
const expander = createExpander([], { now: () => nowMs, limits: defaultLimits });

const empty: Notification = {
  receiver: "webhook",
  groupKey: "{}:{}",
  groupLabels: {},
  routeLabels: {},
  status: "resolved",
  reason: "first notification",
  alerts: [],
  truncatedAlerts: 0,
  externalUrl: "http://example.com/",
};

function alert(status: "firing" | "resolved", labels: Record<string, string> = {}): NotifiedAlert {
  const times = { startsAtMs: -62_135_596_800_000, endsAtMs: undefined };
  return { status, labels, annotations: {}, ...times, generatorUrl: "", fingerprint: "" };
}

const about = (changes: Partial<Notification>): TemplateData => dataOf({ ...empty, ...changes });

function dot(value: Value): TemplateData {
  return { dot: value, routeLabels: {}, areRouteLabelsFilledIn: true };
}

interface Row {
  readonly name?: string;
  readonly in: string;
  readonly data?: TemplateData;
  readonly form?: Form;
  readonly out?: string;
  /** What the message of the error is, or has in it. */
  readonly fails?: string | RegExp;
}

function check({ name, in: source, data = dot(null), form = "text", out, fails }: Row): void {
  test(name ?? source, () => {
    if (fails === undefined) return assert.equal(expander.expand(form, source, data), out);
    assert.throws(
      () => expander.expand(form, source, data),
      (thrown) => {
        assert.ok(thrown instanceof AppError);
        assert.equal(thrown.code, "invalid_argument");
        if (typeof fails === "string") assert.equal(thrown.message, fails);
        else assert.match(thrown.message, fails);
        return true;
      },
    );
  });
}

const words = dot(list(["a", "b", "c"], stringsType));
const time = dot(timeOfMs(Date.UTC(2024, 0, 1, 8, 15, 30)));
const floats = (...values: number[]) => dot(list(values, { name: "[]float64", element: "float64" }));
const texts = (...values: string[]) => dot(list(values, stringsType));
const ints = (...values: bigint[]) => dot(list(values, { name: "[]int", element: "int" }));
const durations = "{{ range . }}{{ humanizeDuration . }}:{{ end }}";
const zeroDate = `"startsAt":"0001-01-01T00:00:00Z","endsAt":"0001-01-01T00:00:00Z"`;

const rows: readonly Row[] = [
  { in: "abc", out: "abc" },
  { in: `{{ "abc" }}`, out: "abc" },
  { in: "{{ ", fails: "template: :1: unclosed action" },
  { in: `{{ "abc" | toUpper }}`, out: "ABC" },
  { in: `{{ "ABC" | toLower }}`, out: "abc" },
  { in: `{{ "abc" | title }}`, out: "Abc" },
  { in: `{{ " a b c " | trimSpace }}`, out: "a b c" },
  { in: `{{ if match "^a" "abc"}}abc{{ end }}`, out: "abc" },
  { in: `{{ if match "abcd" "abc" }}abc{{ end }}`, out: "" },
  { in: `{{ match "[a-z]+" "abc" }}`, out: "true" },
  { in: `{{ match "a(" "abc" }}`, fails: /error calling match: error parsing regexp: missing closing \): `a\(`$/ },
  { in: `{{ . | join "," }}`, data: words, out: "a,b,c" },
  { in: `{{ "<b>" }}`, out: "<b>" },
  { in: `{{ "<b>" }}`, form: "html", out: "&lt;b&gt;" },
  { in: `{{ "<b>" | safeHtml }}`, form: "html", out: "<b>" },
  {
    in: `<a href="/search?{{ "q=test%20foo" }}"></a>`,
    form: "html",
    out: `<a href="/search?q%3dtest%2520foo"></a>`,
  },
  {
    in: `<a href="/search?{{ "q=test%20foo" | safeUrl }}"></a>`,
    form: "html",
    out: `<a href="/search?q=test%20foo"></a>`,
  },
  { in: `{{ reReplaceAll "ab" "AB" "abcdabcda"}}`, out: "ABcdABcda" },
  { in: `{{ reReplaceAll "(?P<x>.)b" "\${x}-$1" "ab" }}`, out: "a-a" },
  {
    in: `{{ reReplaceAll "a(" "" "a" }}`,
    fails: /error calling reReplaceAll: regexp: Compile\(`a\(`\): error parsing/,
  },
  { in: `{{ "search?q=test%20foo" | urlUnescape }}`, out: "search?q=test foo" },
  { in: `{{ "%zz" | urlUnescape }}`, fails: /error calling urlUnescape: invalid URL escape "%zz"$/ },
  {
    in: `{{ with .GroupLabels }}{{ with .Remove (stringSlice "key1" "key3") }}{{ .SortedPairs.Values }}{{ end }}{{ end }}`,
    data: about({ groupLabels: { key1: "key1", key2: "key2", key3: "key3", key4: "key4" } }),
    out: "[key2 key4]",
  },
  { in: `{{ "test" | toJson }}`, out: `"test"` },
  { in: "{{ 42 | toJson }}", out: "42" },
  { in: "{{ true | toJson }}", out: "true" },
  {
    in: "{{ . | toJson }}",
    data: dot(dict(Object.entries({ number: 123n, key: "value" }))),
    out: `{"key":"value","number":123}`,
  },
  { in: "{{ . | toJson }}", data: words, out: `["a","b","c"]` },
  { in: "{{ . | toJson }}", data: dot(dict([["key", "value"]], stringDictType)), out: `{"key":"value"}` },
  {
    in: "{{ .GroupLabels | toJson }}",
    data: about({ groupLabels: { severity: "critical", job: "foo" } }),
    out: `{"job":"foo","severity":"critical"}`,
  },
  {
    in: "{{ .Alerts | toJson }}",
    data: about({ alerts: [alert("firing", { alertname: "test" })] }),
    out: `[{"status":"firing","labels":{"alertname":"test"},"annotations":{},${zeroDate},"generatorURL":"","fingerprint":""}]`,
  },
  {
    in: "{{ .Alerts.Firing | toJson }}",
    data: about({ alerts: [alert("firing"), alert("resolved")] }),
    out: `[{"status":"firing","labels":{},"annotations":{},${zeroDate},"generatorURL":"","fingerprint":""}]`,
  },
  { in: `{{ "test" | base64encode }}`, out: "dGVzdA==" },
  { in: `{{ "flush>>" | base64encode }}`, out: "Zmx1c2g-Pg==" },
  { in: `{{ "dGVzdA==" | base64decode }}`, out: "test" },
  { in: `{{ "not-valid-base64!" | base64decode }}`, fails: /illegal base64 data at input byte 16$/ },
  { in: "{{- $test := dict -}}{{ $test }}", out: "map[]" },
  { in: `{{- $test := dict "a" 1 "b" 2 "c" 3 -}}{{ $test }}`, out: "map[a:1 b:2 c:3]" },
  { in: `{{ dict "a" }}`, fails: /dict requires an even number of arguments$/ },
  { in: `{{ dict 1 "value" }}`, fails: /dict keys must be strings$/ },
  { in: "{{- $test := list -}}{{ $test }}", out: "[]" },
  { in: `{{- $test := list "a" "b" "c" -}}{{ $test }}`, out: "[a b c]" },
  { in: `{{- $test := list "a" "b" -}}{{ $test = append $test "c" "d" -}}{{ $test }}`, out: "[a b c d]" },
  {
    in: `{{- $newList := list -}}{{ range .Alerts }}{{ $m := dict "status" .Status "labels" .Labels }}{{ $newList = append $newList $m }}{{ end }}{{ toJson $newList }}`,
    data: about({ alerts: [alert("firing"), alert("resolved")] }),
    out: `[{"labels":{},"status":"firing"},{"labels":{},"status":"resolved"}]`,
  },
  { in: `{{ . | date "2006-01-02" }}`, data: time, out: "2024-01-01" },
  { in: `{{ . | tz "Europe/Paris" }}`, data: time, out: "2024-01-01 09:15:30 +0100 CET" },
  { in: `{{ . | tz "Asia/Tokyo" | date "15:04 MST" }}`, data: time, out: "17:15 JST" },
  {
    in: `{{ . | tz "Invalid/Timezone" }}`,
    data: time,
    fails: `template: :1:7: executing "" at <tz "Invalid/Timezone">: error calling tz: unknown time zone Invalid/Timezone`,
  },
  {
    in: durations,
    data: floats(0, 1, 60, 3600, 86_400, 86_400 + 3600, -(86_400 * 2 + 3600 * 3 + 60 * 4 + 5), 899.99),
    out: "0s:1s:1m 0s:1h 0m 0s:1d 0h 0m 0s:1d 1h 0m 0s:-2d 3h 4m 5s:14m 59s:",
  },
  { in: durations, data: texts("0", "1", "60", "3600", "86400"), out: "0s:1s:1m 0s:1h 0m 0s:1d 0h 0m 0s:" },
  {
    in: durations,
    data: floats(0.1, 0.0001, 0.12345, 60.1, 60.5, 1.2345, 12.345),
    out: "100ms:100us:123.5ms:1m 0s:1m 0s:1.234s:12.35s:",
  },
  {
    in: durations,
    data: texts(".1", ".0001", ".12345", "60.1", "60.5", "1.2345", "12.345"),
    out: "100ms:100us:123.5ms:1m 0s:1m 0s:1.234s:12.35s:",
  },
  {
    in: `{{ humanizeDuration "one" }}`,
    fails: `template: :1:3: executing "" at <humanizeDuration "one">: error calling humanizeDuration: strconv.ParseFloat: parsing "one": invalid syntax`,
  },
  { in: durations, data: ints(0n, -1n, 1n, 1_234_567n), out: "0s:-1s:1s:14d 6h 56m 7s:" },
  { in: "{{ . | since | humanizeDuration }}", data: time, out: "1h 0m 0s" },
  { in: "{{ . | since }}", data: time, out: "1h0m0s" },
  { in: "{{ (. | since).Minutes }}", data: time, out: "60" },
  { in: `{{ now | date "2006-01-02T15:04:05-0700" }}`, out: "2024-01-01T09:15:30+0000" },
  { in: `{{ toDate "2006-01-02" "2024-03-15" | date "02 Jan 2006" }}`, out: "15 Mar 2024" },
  { in: `{{ toDate "2006-01-02" "not-a-date" | date "2006" }}`, out: "0001" },
  { in: `{{ mustToDate "2006-01-02" "2024-03-15" | date "02 Jan 2006" }}`, out: "15 Mar 2024" },
  {
    in: `{{ mustToDate "2006-01-02" "not-a-date" }}`,
    fails: `template: :1:3: executing "" at <mustToDate "2006-01-02" "not-a-date">: error calling mustToDate: parsing time "not-a-date" as "2006-01-02": cannot parse "not-a-date" as "2006"`,
  },
  { in: `{{ "TITLE case" | title }} {{ "ß" | toUpper }}`, out: "Title Case ß" },
  { in: "{{ 1 | toUpper }}", fails: /wrong type for value; expected string; got int$/ },
  { in: `{{ "x" | safeHtml | toUpper }}`, fails: /expected string; got template.HTML$/ },
];

for (const row of rows) check(row);

const groupLabels = { key1: "key1", x: "v" };

function unfilled(routeLabels: Record<string, string>): TemplateData {
  return { ...about({ groupLabels, routeLabels }), areRouteLabelsFilledIn: false };
}

check({
  name: "labels of routes are templates that may refer to each other",
  in: `Simple: {{ routeLabels "rl1" }} - Templated: {{ routeLabels "rl2" }} - Recursive: {{ routeLabels "rl3" }}`,
  data: unfilled({ rl1: "rl1", rl2: "{{ .GroupLabels.key1 }}", rl3: `{{ routeLabels "rl2" }} recursive` }),
  out: "Simple: rl1 - Templated: key1 - Recursive: key1 recursive",
});
check({
  name: "a label of a route that is not there is empty",
  in: `[{{ routeLabels "nope" }}]`,
  data: unfilled({ a: "b" }),
  out: "[]",
});
check({
  name: "labels of routes that refer to each other in a circle are an error",
  in: `{{ routeLabels "rl1" }}`,
  data: unfilled({ rl1: `{{ routeLabels "rl2" }}`, rl2: `{{ routeLabels "rl1" }}` }),
  fails: /route label cycle detected: rl1 -> rl2 -> rl1$/,
});
check({
  name: "a label of a route that refers to itself is an error",
  in: `{{ routeLabels "rl1" }}`,
  data: unfilled({ rl1: `{{ routeLabels "rl1" }}` }),
  fails: /route label cycle detected: rl1 -> rl1$/,
});
check({
  name: "two labels of a route may refer to the same third one",
  in: `{{ routeLabels "top" }}`,
  data: unfilled({
    top: `{{ routeLabels "a" }}-{{ routeLabels "b" }}`,
    a: `{{ routeLabels "leaf" }}`,
    b: `{{ routeLabels "leaf" }}`,
    leaf: "{{ .GroupLabels.x }}",
  }),
  out: "v-v",
});
check({
  name: "what is filled in already is no template",
  in: `[{{ routeLabels "desc" }}]`,
  data: about({ routeLabels: { desc: "disk usage is {{ $value | humanize }}" } }),
  out: "[disk usage is {{ $value | humanize }}]",
});

test("labels of routes that refer to each other in a row, each from within much, do not fill the stack", () => {
  const within = (inner: string) => `${"{{ if true }}".repeat(200)}${inner}${"{{ end }}".repeat(200)}`;
  const routeLabels = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`l${index}`, within(`{{ routeLabels "l${index + 1}" }}`)]),
  );
  assert.throws(
    () => expander.expand("text", `{{ routeLabels "l0" }}`, unfilled(routeLabels)),
    /exceeded maximum template depth/,
  );
});

test("what costs much for each character may not have many of them", () => {
  const long = (call: string) => `{{ $x := "11111111" }}{{ range 17 }}{{ $x = print $x $x }}{{ end }}{{ ${call} }}`;
  for (const call of [
    `now | date $x`,
    `toDate $x $x`,
    `now.Format $x`,
    `title $x`,
    `urlUnescape $x`,
    `match "(a{1000}){1}b" $x`,
  ]) {
    assert.throws(() => expander.expand("text", long(call), dot(null)), { code: "resource_exhausted" }, call);
  }
});
