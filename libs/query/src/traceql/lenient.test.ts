import assert from "node:assert/strict";
import { test } from "node:test";
import { anyValueOf } from "./any-value.ts";
import { goDurationText } from "./duration.ts";
import { formatField } from "./format-field.ts";
import { hintsOf } from "./hints.ts";
import { lenientCondition, parseFieldName } from "./lenient.ts";
import { columnKey } from "./stored-field.ts";
import { parseTraceQl } from "./traceql.ts";

test("takes of an unfinished query what is finished", () => {
  const f = (source: string, want: string) => {
    const condition = lenientCondition(source);
    const parts = condition.type === "all" ? condition.of : [condition];
    const shown = parts.map((part) =>
      part.type === "compare" ? `${columnKey(part.field)}${part.operator}${part.value.value}` : part.type,
    );
    assert.equal(shown.join(" "), want, source);
  };
  f('{ resource.service.name = "shop" && span.http.method = }', "resource.service.name=shop");
  f('{ resource.service.name = "shop" && span.http.method', "resource.service.name=shop span.http.method=true");
  f('{ resource.service.name = "sh', "always");
  f('{ name = "a && b" && duration > 5ms && ', ":name=a && b :duration>5000000");
  f("{ (span.a = 1 && kind = server) && span.b = 2 } | rate()", "span.a=1 :kind=server span.b=2");
  f("{ (span.a = 1 || kind = server) && span.b = 2 }", "any span.b=2");
  f("{ span.a = 1 || span.b = }", "always");
  f("{ name > 5 && kind = server }", ":kind=server");
  f("{ (span.a = 1 }", "always");
  f("{ 5 && status = error }", ":status=error");
  f("{}", "always");
  f("", "always");
  f("resource.", "always");
});

test("reads the name of a field", () => {
  const f = (source: string, want = source) => assert.equal(formatField(parseFieldName(source)), want);
  f("resource.service.name");
  f(".http.method");
  f("span:status", "status");
  f('span."a b"');
  assert.throws(() => parseFieldName("span.a = 1"), /got span\.a = 1, want an attribute or an intrinsic/);
  assert.throws(() => parseFieldName("foo"), /got foo, want a value, an intrinsic/);
});

test("reads hints", () => {
  const f = (hints: string, want: object) =>
    assert.deepEqual(hintsOf(parseTraceQl(`{} ${hints}`).query), {
      exemplars: null,
      mostRecent: false,
      ...want,
    });
  f("", {});
  f("with (sample=true, exemplars=false, most_recent=true)", { exemplars: false, mostRecent: true });
  f("with (sample=0.1, exemplars=5)", { exemplars: 5 });
  f("with (span_sample=.5) with (exemplars=`many`, most_recent=1, other=2)", {});
  f("with (sample=2.0, sample=false)", {});
});

test("writes values as Tempo's answers have them", () => {
  const durations = [
    0n,
    7n,
    1500n,
    2_000_000n,
    15_250_000n,
    1_500_000_000n,
    60_000_000_000n,
    3_600_250_000_000n,
    -5_000_000n,
  ];
  assert.deepEqual(durations.map(goDurationText), [
    "0s",
    "7ns",
    "1.5µs",
    "2ms",
    "15.25ms",
    "1.5s",
    "1m0s",
    "1h0m0.25s",
    "-5ms",
  ]);
  const values = [
    null,
    "x",
    true,
    { type: "int", value: 5 },
    { type: "float", value: 0.5 },
    { type: "duration", value: 5e6 },
    { type: "status", value: "error" },
    ["a", "b"],
  ] as const;
  assert.deepEqual(
    values.map((value) => anyValueOf(value).value?.value),
    [
      "nil",
      "x",
      true,
      5n,
      0.5,
      "5ms",
      "error",
      { values: [{ value: { $case: "stringValue", value: "a" } }, { value: { $case: "stringValue", value: "b" } }] },
    ],
  );
});
