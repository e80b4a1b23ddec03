import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, type Json } from "./fill-in.ts";

const same = (text: string) => text;

/** Alertmanager's TestDeepCopyWithTemplate (template/template_test.go, Apache-2.0), and YAML as Go's yaml.v2 has it. */
test("texts become what they say in YAML", () => {
  const f = (value: Json, want: Json, expand = same) => assert.deepEqual(fillIn(value, expand), want);
  const suffixed = (text: string) => `${text}-templated`;
  f("hello", "hello-templated", suffixed);
  f("foo: bar", { foo: "bar" });
  f(["foo", 42], ["foo-templated", 42], suffixed);
  f(
    { foo: "bar", nested: ["baz"] },
    { "foo-templated": "bar-templated", "nested-templated": ["baz-templated"] },
    suffixed,
  );
  f(123, 123);
  f(null, null);
  f('[{"alertname":"test1","id":"value1:"}]', [{ alertname: "test1", id: "value1:" }]);
  f('{"num":"123","truthy":"true","empty":"null","when":"2026-01-01"}', {
    num: "123",
    truthy: "true",
    empty: "null",
    when: "2026-01-01",
  });
  f('{"num":123,"truthy":true,"empty":null}', { num: 123, truthy: true, empty: null });
  f("2", 2);
  f("yes", true);
  f("", null);
  f("12:30:45", "12:30:45");
  f("2026-11-21T01:50:39Z", "2026-11-21T01:50:39Z");
  f("[FIRING:1] CPU", "[FIRING:1] CPU");
  f(".inf", "Infinity");
});

test("neither depth nor aliases take the process down", () => {
  const deep = JSON.parse("[".repeat(5000) + "]".repeat(5000));
  assert.ok(JSON.stringify(fillIn(deep, same)).length < 100);
  const bomb = `a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]`;
  assert.equal(fillIn(bomb, same), bomb);
});
