import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { formatGoDuration } from "@sightline/gotext/duration";
import { func1, text } from "./func.ts";
import {
  budgetOf,
  defaultLimits,
  escapeForHtml,
  expandHtml,
  expandText,
  type Limits,
  parseSource,
} from "./template.ts";
import { timeOf } from "./time/layout.ts";
import { dict, list, stringDictType, struct, type Value } from "./value.ts";

interface Given {
  readonly data?: Value;
  readonly limits?: Limits;
  readonly missingKey?: "default" | "zero" | "error";
}

const functions = new Map([["shout", func1(text, (words) => `${words}!`)]]);

function expand(source: string, { data = null, limits = defaultLimits, missingKey = "default" }: Given = {}): string {
  const templates = parseSource({ name: "x", text: source }, functions);
  const budget = budgetOf(limits);
  return expandText({ templates, name: "x", data, functions, missingKey, maxCharacters: limits.maxCharacters, budget });
}

function html(source: string, data: Value = null): string {
  const templates = escapeForHtml(parseSource({ name: "x", text: source }, functions), "x");
  const { maxCharacters } = defaultLimits;
  const budget = budgetOf(defaultLimits);
  return expandHtml({ templates, name: "x", data, functions, missingKey: "default", maxCharacters, budget });
}

function failure(run: () => string): Pick<AppError, "code" | "message"> {
  try {
    return { code: "internal", message: `no error, but ${run()}` };
  } catch (thrown) {
    if (thrown instanceof AppError) return { code: thrown.code, message: thrown.message };
    throw thrown;
  }
}

test("a key that is missing is nothing, the zero of its type, or an error", () => {
  const labels = dict([["a", "1"]], stringDictType);
  assert.equal(expand("{{.b}}", { data: labels }), "<no value>");
  assert.equal(expand("{{.b}}", { data: labels, missingKey: "zero" }), "");
  const { message } = failure(() => expand("{{.b}}", { data: labels, missingKey: "error" }));
  assert.equal(message, 'template: x:1:2: executing "x" at <.b>: map has no entry for key "b"');
});

test("errors name the place in bytes, and what was executed", () => {
  const { code, message } = failure(() => expand("é\nüü {{ shout 1 }}"));
  assert.equal(code, "invalid_argument");
  assert.equal(message, 'template: x:2:14: executing "x" at <1>: expected string; found 1');
});

test("fields that JavaScript objects have by themselves are not there", () => {
  const data = struct({ name: "T" }, { A: 1n });
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    assert.match(failure(() => expand(`{{.${name}}}`, { data })).message, /can't evaluate field/);
    assert.equal(expand(`{{.${name}}}`, { data: dict([]) }), "<no value>");
  }
  assert.match(failure(() => expand("{{constructor}}")).message, /function "constructor" not defined/);
});

test("durations are printed as Go prints them", () => {
  const cases: readonly (readonly [bigint, string])[] = [
    [0n, "0s"],
    [1n, "1ns"],
    [1100n, "1.1µs"],
    [2_200_000n, "2.2ms"],
    [3_300_000_000n, "3.3s"],
    [4n * 60_000_000_000n + 5_000_000_000n, "4m5s"],
    [4n * 60_000_000_000n + 5_001_000_000n, "4m5.001s"],
    [5n * 3_600_000_000_000n + 6n * 60_000_000_000n + 7_001_000_000n, "5h6m7.001s"],
    [8n * 60_000_000_000n + 1n, "8m0.000000001s"],
    [9_223_372_036_854_775_807n, "2562047h47m16.854775807s"],
    [-9_223_372_036_854_775_808n, "-2562047h47m16.854775808s"],
  ];
  for (const [ns, want] of cases) assert.equal(formatGoDuration(ns), want);
});

test("times have Go's methods", () => {
  const data = timeOf(1_704_096_930_000_000_001n);
  const source = `{{.Format "Mon, 02 Jan 2006"}} {{.Year}} {{.Month}} {{.Weekday}} {{.YearDay}} {{.Unix}} {{.Nanosecond}} {{.}}`;
  const want = "Mon, 01 Jan 2024 2024 January Monday 1 1704096930 1 2024-01-01 08:15:30.000000001 +0000 UTC";
  assert.equal(expand(source, { data }), want);
  assert.equal(
    expand("{{(.Add 1000000000).Sub .}} {{(.Truncate 3600000000000).Hour}} {{.IsZero}}", { data }),
    "1s 8 false",
  );
});

const small: Limits = { maxUnits: 1_000_000, maxCharacters: 10_000 };

test("whatever a template does ends soon, and without much memory", () => {
  const cases = [
    "{{range 100000000000}}{{end}}",
    "{{range 1000}}{{range 1000}}{{range 1000}}{{end}}{{end}}{{end}}",
    `{{$x := "aaaaaaaaaa"}}{{range 100}}{{$x = print $x $x}}{{end}}`,
    "{{range 10000}}{{printf `%10000d` 1}}{{end}}",
    "{{printf `%999999d` 1}}",
    `{{define "a"}}{{template "b" .}}{{template "b" .}}{{end}}{{define "b"}}{{range 100000000}}{{end}}{{end}}{{template "a" .}}`,
    "{{range 1001}}0123456789{{end}}",
  ];
  for (const source of cases) {
    assert.equal(failure(() => expand(source, { limits: small })).code, "resource_exhausted", source);
  }
});

test("what lies in itself too deeply is refused", () => {
  const deep = (count: number) => expand(`${"(".repeat(count)}1${")".repeat(count)}`.replace(/^(.*)$/, "{{print $1}}"));
  assert.equal(deep(100), "1");
  assert.match(failure(() => deep(5000)).message, /max expression depth exceeded/);
  const blocks = `${"{{if true}}".repeat(5000)}${"{{end}}".repeat(5000)}`;
  assert.match(failure(() => expand(blocks)).message, /max nesting depth exceeded/);
  const elses = `{{if false}}${"{{else if false}}".repeat(5000)}{{end}}`;
  assert.match(failure(() => expand(elses)).message, /max nesting depth exceeded/);
  assert.match(
    failure(() => expand('{{define "r"}}{{template "r"}}{{end}}{{template "r"}}')).message,
    /maximum template depth/,
  );
  const chain = Array.from(
    { length: 2000 },
    (_, index) => `{{define "${index}"}}{{template "${index + 1}"}}{{end}}`,
  ).join("");
  assert.match(failure(() => html(`${chain}{{define "2000"}}{{end}}{{template "0"}}`)).message, /nested too deeply/);
  let nest: Value = list([]);
  for (let depth = 0; depth < 5000; depth++) nest = list([nest]);
  assert.match(failure(() => expand("{{.}}", { data: nest })).message, /nested too deeply/);
  assert.match(failure(() => html("<script>x = {{.}}</script>", nest)).message, /nested too deeply/);
});

test("loops in loops do not make escaping endless", () => {
  const loops = `${"{{range .}}".repeat(60)}<b>${"{{end}}".repeat(60)}`;
  assert.equal(failure(() => html(loops)).code, "resource_exhausted");
});

test("a source may be so long and no longer", () => {
  assert.match(failure(() => expand("x".repeat(1_048_577))).message, /longer than 1048576/);
});

test("a text that is cut within a character is still one that can be written", () => {
  assert.equal(expand('{{slice "é" 0 1}}'), "\ufffd");
  assert.equal(expand('{{len (slice "héé" 1 3)}}'), "2");
});

/** CPU seconds, which other processes on the machine do not change much. */
function cpuSeconds(run: () => void): number {
  const { user, system } = process.cpuUsage();
  run();
  const spent = process.cpuUsage({ user, system });
  return (spent.user + spent.system) / 1e6;
}

const many = (piece: string) => piece.repeat(Math.floor(300_000 / piece.length));

test("what is long takes as long as it is, and not the square of that", () => {
  const sources: readonly (readonly [name: string, source: string])[] = [
    ["actions on one line", many("{{1}}")],
    ["variables", many("{{$a := 1}}")],
    ["definitions of one name", many('{{define "a"}} {{/**/}} {{end}}')],
    ["comments", many("{{/* */}}")],
    ["an action without an end", `{{${many(".x ")}`],
    ["signs in a script", `<script>${many("+")}x+</script>`],
    ["quotes in a script", `<script>${many("'")}</script>`],
    ["tags", many("<a href=x>")],
    ["tags without an end", many("<a b ")],
    ["urls in a style", `<style>${many("url( ")}</style>`],
    ["places of arguments in a format", `{{printf \`${many("%[")}\` 1}}`],
    ["escapes in a text", `{{"${many("\\n")}"}}`],
  ];
  for (const [name, source] of sources) {
    const spent = cpuSeconds(() => {
      failure(() => expand(source));
      failure(() => html(source));
    });
    assert.ok(spent < 3, `${name}: ${spent} s`);
  }
});
