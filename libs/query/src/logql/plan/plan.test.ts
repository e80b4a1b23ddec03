import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLogql } from "../logql.ts";
import { certainTexts } from "../stages/regex-texts.ts";
import { holds } from "../testing/memory-source.ts";
import type { Condition } from "./condition.ts";
import type { LogPlan } from "./log-plan.ts";
import { planLogql, type QueryParameters } from "./plan.ts";
import { certainWords } from "./words.ts";

const parameters: QueryParameters = {
  startNs: 1_000_000_000_000n,
  endNs: 1_600_000_000_000n,
  stepNs: 60e9,
  direction: "backward",
  limit: 100,
  nowNs: 0n,
  maxSteps: 11_000,
};

function plan(source: string, more: Partial<QueryParameters> = {}): LogPlan {
  return planLogql(parseLogql(source), { ...parameters, ...more });
}

/** A condition in a few signs. */
function show(condition: Condition): string {
  switch (condition.kind) {
    case "contains":
      return `${condition.isNegated ? "!" : ""}contains(${condition.text})${words(condition.words)}`;
    case "matches":
      return `${condition.isNegated ? "!" : ""}matches(${condition.pattern})${words(condition.words)}`;
    case "label":
      return `${condition.matcher.name}${condition.matcher.operator}${condition.matcher.value}`;
    case "has_label":
      return `has(${condition.name})`;
    default:
      return `${condition.kind}(${condition.of.map(show).join(", ")})`;
  }
}

const words = (list: readonly string[]) => (list.length === 0 ? "" : `[${list.join(" ")}]`);

/** What of each pipeline the database decides, with = where that is all of it. */
const pushed: readonly (readonly [pipeline: string, conditions: string])[] = [
  ["", "="],
  ['|= "error: no such file"', "=contains(error: no such file)[no such]"],
  ['|= "timeout"', "=contains(timeout)"],
  ['|= " timeout "', "=contains( timeout )[timeout]"],
  ['|= "" != "debug"', "=!contains(debug)"],
  ["|~ `status=5\\d\\d .*upstream timed out`", "=matches(status=5\\d\\d .*upstream timed out)[timed]"],
  ['!~ "a|b"', "=!matches(a|b)"],
  ['|= "a b c" or "d e f"', "=any(contains(a b c)[b], contains(d e f)[e])"],
  ['!= "a" or "b"', "=!contains(a), !contains(b)"],
  ['|= ip("10.0.0.0/8")', ""],
  ['|= "x" or ip("10.0.0.0/8")', ""],
  ["|> `GET <_> 500 <_>`", "contains(GET ), contains( 500 )[500]"],
  ['| level="error" | level!="x"', "=level=error, level!=x"],
  ['| level="error" or (status=~"5.." and a="b")', "=any(level=error, all(status=~5.., a=b))"],
  ["| status >= 500", "has(status)"],
  ['| status >= 500 or level="error"', "any(has(status), level=error)"],
  ['| addr=ip("::1") or level="error"', ""],
  ['| __error__=""', ""],
  ['| x_extracted="1"', ""],
  // Behind a parser labels may be others, lines are the same.
  ['| unpack | level="error" |= "boom"', ""],
  ['| pattern "<level> <_>" | level="error" |= "boom"', "contains(boom)"],
  ['|= "boom" | pattern "<level> <_>" | level="error"', "contains(boom)"],
  ["| json", "="],
  ['| line_format "{{.a}}" |= "boom"', ""],
  ['| line_format "{{.a}}" | level="error"', "=level=error"],
  ['| label_format a=b | a="c"', ""],
  ['| drop a | a=""', ""],
  ['| unpack |= "x"', ""],
];

for (const [pipeline, conditions] of pushed) {
  test(`of ${pipeline} the database decides ${conditions}`, () => {
    const made = plan(`{app="a"} ${pipeline}`);
    assert.equal(made.type, "lines");
    if (made.type !== "lines") return;
    const { selection } = made.read;
    assert.equal(`${selection.isExact ? "=" : ""}${selection.conditions.map(show).join(", ")}`, conditions);
    assert.equal(made.read.limit, selection.isExact ? 100 : null);
  });
}

/** How each range function gets its samples. */
const reads: readonly (readonly [query: string, read: string])[] = [
  ['count_over_time({app="a"} |= "x" [5m])', "panes of lines by everything, 60s"],
  ['sum by (level) (rate({app="a"} | status="1" [90s]))', "panes of lines by level, 30s"],
  ['sum(bytes_rate({app="a"}[5m]))', "panes of bytes by nothing, 60s"],
  ['sum without (pod) (rate({app="a"}[5m]))', "panes of lines by everything, 60s"],
  ['max by (level) (rate({app="a"}[5m]))', "panes of lines by everything, 60s"],
  ['absent_over_time({app="a"}[5m])', "panes of lines by nothing, 60s"],
  ['sum by (x_extracted) (rate({app="a"}[5m]))', "panes of lines by everything, 60s"],
  ['count_over_time({app="a"} | json [5m])', "lines with text"],
  ['count_over_time({app="a"} | status > 5 [5m])', "lines"],
  ['bytes_over_time({app="a"} | status > 5 [5m])', "lines with text"],
  ['count_over_time({app="a"} |= ip("::1") [5m])', "lines with text"],
  ['sum_over_time({app="a"} | unwrap x [5m])', "lines"],
  // More panes than anybody would want.
  ['count_over_time({app="a"}[1m1ms])', "lines"],
];

for (const [query, wanted] of reads) {
  test(`${query} reads ${wanted}`, () => {
    const made = plan(query);
    assert.equal(made.type, "metric");
    if (made.type !== "metric") return;
    const [{ read } = assert.fail("no read")] = made.reads;
    const by = read.type === "panes" ? (read.labels === null ? "everything" : read.labels.join(",") || "nothing") : "";
    const got =
      read.type === "panes"
        ? `panes of ${read.measure} by ${by}, ${read.paneNs / 1e9}s`
        : `lines${read.needsText ? " with text" : ""}`;
    assert.equal(got, wanted);
  });
}

/** What is asked of a field, texts in which it may pass, and texts in which it does not. */
const fields: readonly (readonly [filter: string, may: readonly string[], mayNot: readonly string[]])[] = [
  [
    "ms > 290",
    ['{"ms":291}', '{"a":1, "ms" : 1000.5 }', '{"ms":"300"}', '{"ms":2.9e2}', '{"ms":"4s"}', '{"a":{"ms":1},"ms":500}'],
    [
      '{"ms":289}',
      '{"ms": 29}',
      '{"ms":"200"}',
      '{"ms":-300}',
      '{"xms":300}',
      '{"a":"ms","b":300}',
      "ms=300",
      '{"s":300}',
    ],
  ],
  ["ms < 30", ['{"ms":29}', '{"ms":-5}', '{"ms":9}'], ['{"ms":31}', '{"ms":100}', '{"ms":"31"}']],
  ["ms == 30", ['{"ms":30}', '{"ms":30.0}', '{"ms":"30"}'], ['{"ms":31}', '{"ms":300}', '{"ms":3}']],
  ["a_ms > 290", ['{"a.ms":300}', '{"a":{"ms":300}}', '{"a_ms":300}'], ['{"ams":300}', '{"a.ms":30}']],
  ['level="error"', ['{"level":"error"}', '{"level":"err\\u006fr"}'], ['{"level":"warn"}', '{"msg":"error"}']],
  ['level=~"error|warn"', ['{"level":"warn"}'], ['{"level":"info"}']],
];

/** The same of logfmt. */
const pairs: typeof fields = [
  [
    "ms > 290",
    ["ms=291", "a=1 ms=1000.5 b=2", 'ms="300"', "ms=2.9e2", "ms=4s", 'a="x"ms=500'],
    ["ms=289", "a=300 ms=29", 'ms="200"', "ms=-300 b=400", "xms=300", "ms 300", '{"ms":300}'],
  ],
  ["a_ms < 30", ["a.ms=29", "a_ms=-1", "a-ms=7 "], ["a.ms=31", "ams=5"]],
  [
    'level="error"',
    ["level=error", 'x=1 level="error"', 'level="err\\u006fr"'],
    ["level=warn", "xlevel=error", "error"],
  ],
];

const written = [...fields.map((row) => ["json", ...row] as const), ...pairs.map((row) => ["logfmt", ...row] as const)];
for (const [format, filter, may, mayNot] of written) {
  test(`of lines of ${format} the database leaves out those in which ${filter} cannot be`, () => {
    const made = plan(`{app="a"} | ${format} | ${filter}`);
    const { conditions } = made.type === "lines" ? made.read.selection : assert.fail("no lines");
    const selects = (text: string) => {
      const line = { timestampNs: 0n, text, stream: new Map(), metadata: null };
      return conditions.every((condition) => holds(condition, line));
    };
    assert.deepEqual(
      may.filter((text) => !selects(text)),
      [],
    );
    assert.deepEqual(mayNot.filter(selects), []);
    const stored = {
      timestampNs: 0n,
      text: "",
      stream: new Map([[filter.split(/\W/)[0] ?? "", "error"]]),
      metadata: null,
    };
    assert.ok(
      conditions.every((condition) => holds(condition, stored)),
      "the stream may have the label",
    );
  });
}

test("of a field nothing is asked where its label is another's, or what passes is no number or short text", () => {
  const nothing = [
    ...["| json | ms != 5", "| json | ms > 5s", "| json | ms > 0", "| json | ms > -5", '| json | level!="error"'],
    ...['| json | level=~"err.*"', '| json ms="a.b" | ms > 5', "| json | logfmt | ms > 5", "| json | drop a | ms > 5"],
    ...['| line_format "{{.a}}" | json | ms > 5', "| json | ms_extracted > 5", '| json | msg="a b"'],
    ...['| json | ms > 5 or level!="error"', "| logfmt --keep-empty | ms > 5", "| logfmt ms | ms > 5"],
  ];
  for (const pipeline of nothing) {
    const made = plan(`{app="a"} ${pipeline}`);
    assert.deepEqual(made.type === "lines" && made.read.selection.conditions, [], pipeline);
  }
  const both = plan('{app="a"} | json | ms > 5 and level="error" | line_format "{{.ms}}" | ms < 50');
  assert.equal(both.type === "lines" && both.read.selection.conditions.length, 3);
});

test("a range is read from after its start to its end, its offset earlier", () => {
  const made = plan('count_over_time({app="a"}[5m] offset 1m)');
  const [read] = made.type === "metric" ? made.reads : [];
  assert.equal(read?.read.selection.fromNs, parameters.startNs - 360_000_000_000n + 1n);
  assert.equal(read?.read.selection.toNs, parameters.endNs - 60_000_000_000n + 1n);
});

test("points of a grid and lines at an instant are bounded", () => {
  assert.throws(
    () => plan("vector(1)", { stepNs: 1e6 }),
    /exceeded maximum resolution of 11,000 points per time series/,
  );
  assert.throws(
    () => plan('{app="a"}', { stepNs: 0, startNs: parameters.endNs }),
    /not supported as an instant query type/,
  );
  assert.throws(() => plan("vector(1)", { endNs: 0n }), /end timestamp must not be before or equal to start time/);
});

test("words are certain only where both of their ends are seen", () => {
  assert.deepEqual(certainWords("error: no such"), ["no"]);
  assert.deepEqual(certainWords("a b", { atStart: true, atEnd: true }), ["a", "b"]);
  assert.deepEqual(certainWords("über=größe, x"), ["größe"]);
  assert.deepEqual(certainWords("user_id=5"), ["id"]);
});

/** The texts that each pattern certainly has. */
const patterns: readonly (readonly [pattern: string, texts: readonly string[]])[] = [
  ["abc", ["abc"]],
  ["^ab.*cd$", ["ab", "cd"]],
  ["ab?c", ["a", "c"]],
  ["ab+c", ["a", "b", "c"]],
  ["a{2,}b", ["b"]],
  ["a[bc]d\\.e\\d+f", ["a", "d.e", "f"]],
  ["a(b)c", ["a", "c"]],
  ["a|b", []],
  ["(?i)abc", []],
  ["a((b))c", []],
  ["\\pL", []],
];

for (const [pattern, texts] of patterns) {
  test(`what matches ${pattern} has ${texts.join(" and ") || "nothing for certain"}`, () => {
    assert.deepEqual(certainTexts(pattern), texts);
  });
}
