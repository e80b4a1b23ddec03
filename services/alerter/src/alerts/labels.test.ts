import assert from "node:assert/strict";
import { test } from "node:test";
import { fillTemplate, fingerprintOf, formatLabels, formatValue } from "./labels.ts";

test("the same rule and thing have the same fingerprint, others another", () => {
  const fingerprint = fingerprintOf("r1", { host: "a", path: "/" });
  assert.match(fingerprint, /^[0-9a-f]{16}$/);
  assert.equal(fingerprintOf("r1", { path: "/", host: "a" }), fingerprint);
  for (const [rule, labels] of [
    ["r2", { host: "a", path: "/" }],
    ["r1", { host: "a" }],
    ["r1", { host: "a", path: "//" }],
    ["r1", { host: 'a","path":"/' }],
  ] as const) {
    assert.notEqual(fingerprintOf(rule, labels), fingerprint);
  }
});

test("templates show labels and the value, and nothing else", () => {
  const f = (template: string, want: string) =>
    assert.equal(fillTemplate(template, { labels: { host: "web-1", "host.name": "w" }, value: 93.51234 }), want);
  f("{{ $labels.host }} uses {{$value}} %", "web-1 uses 93.51 %");
  f("{{ $labels.host.name }}", "w");
  f("[{{ $labels.absent }}]", "[]");
  f("{{ $labels.constructor }}", "");
  f("{{ len .Alerts }} {{ $value | humanize }}", "{{ len .Alerts }} {{ $value | humanize }}");
});

test("values for people", () => {
  const f = (value: number, want: string) => assert.equal(formatValue(value), want);
  f(0, "0");
  f(93.51234, "93.51");
  f(0.051, "0.051");
  f(1234567.8, "1234568");
  f(-2.5, "-2.5");
  f(1e-9, "1.000e-9");
  f(Number.NaN, "NaN");
  f(Number.POSITIVE_INFINITY, "Infinity");
});

test("labels for people", () => {
  assert.equal(formatLabels({ path: "/", host: "a" }), "host=a, path=/");
  assert.equal(formatLabels({}), "");
});
