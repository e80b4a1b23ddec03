import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Random } from "@sightline/testkit/random";
import { type SpanCondition, type TraceCondition, testOf } from "./condition.ts";
import { formatStatic } from "./format-field.ts";
import { neededSpans } from "./needed-spans.ts";
import { type MetricsPlan, plan, type SearchPlan } from "./plan.ts";
import { createSearch } from "./search.ts";
import { columnKey, type StoredField } from "./stored-field.ts";
import { columnsOfSpans, type SpanLiteral } from "./testing/traces.ts";
import { type Layout, layoutOf, type Trace, traceOf } from "./trace.ts";
import { parseTraceQl } from "./traceql.ts";

function searchPlan(source: string): SearchPlan {
  const planned = plan(parseTraceQl(source).query);
  if (planned.type !== "search") throw new Error(`want a search, got ${source}`);
  return planned;
}

function metricsPlan(source: string): MetricsPlan {
  const planned = plan(parseTraceQl(source).query);
  if (planned.type !== "metrics") throw new Error(`want metrics, got ${source}`);
  return planned;
}

function show(condition: SpanCondition): string {
  switch (condition.type) {
    case "all":
    case "any":
      return `(${condition.of.map(show).join(condition.type === "all" ? " & " : " | ")})`;
    case "not":
      return `not ${show(condition.of)}`;
    case "compare":
      return `${columnKey(condition.field)} ${condition.operator} ${formatStatic(condition.value)}`;
    case "exists":
      return `${columnKey(condition.field)} exists`;
    case "cidr":
      return `${columnKey(condition.field)} in ${condition.prefixes.join(", ")}`;
    default:
      return condition.type;
  }
}

function showTraces(condition: TraceCondition): string {
  if (condition.type === "some") return `some ${show(condition.spans)}`;
  return `(${condition.of.map(showTraces).join(condition.type === "all" ? " & " : " | ")})`;
}

test("says what a database may ask of each span", () => {
  const f = (filter: string, want: string, exact = true) => {
    const { spans, exact: got } = searchPlan(`{ ${filter} }`);
    assert.deepEqual([show(spans), got], [want, exact], filter);
  };
  f("true", "always");
  f("false", "never");
  f("duration > 5ms && name = `a`", '(:duration > 5ms & :name = "a")');
  f("5 < span.n || .b != true", "(span.n > 5 | none.b != true)");
  f("!(span.a = 1 && kind = server)", "not (span.a = 1 & :kind = server)");
  f("span.a", "span.a = true");
  f("!span.a", "span.a = false");
  f("!(!span.a)", "span.a = true");
  f("!(!(span.a = 1))", "span.a = 1");
  f("span.a != nil && nil = event.b", "(span.a exists & not event.b exists)");
  f("name =~ `a.*` && cidr(.ip, `10.0.0.0/8`)", '(:name =~ "a.*" & none.ip in 10.0.0.0/8)');
  f("parent = nil", "root");
  f("nestedSetParent < 0 && true", "root");
  f("-1 = nestedSetParent || nestedSetParent > -1", "(root | not root)");
  f("0 <= nestedSetParent && nestedSetParent != -1", "(not root & not root)");
  f("trace:id = `beef`", ':trace:id = "0000000000000000000000000000beef"');

  // What only the engine knows leaves more to be read.
  f("duration > 5ms && span.a + 1 = 2", ":duration > 5ms", false);
  f("duration > 5ms || span.a + 1 = 2", "always", false);
  f("!(span.a + 1 = 2) && name = .b && kind = client", ":kind = client", false);
  f("traceDuration > 1s && duration > 5ms", "always", false);
  f("nestedSetParent < 2 && duration > 5ms", "always", false);
  f("parent.a = 1 && duration > 5ms", "always", false);
});

test("says which traces may be found, and which of their spans have to be read", () => {
  const f = (source: string, traces: string, spans: string, exact = false) => {
    const planned = searchPlan(source);
    assert.deepEqual([showTraces(planned.traces), show(planned.spans), planned.exact], [traces, spans, exact], source);
  };
  f("{ .a = 1 } | { .b = 2 }", "(some none.a = 1 & some none.b = 2)", "(none.a = 1 & none.b = 2)", true);
  f("{ .a = 1 } && { .b = 2 }", "(some none.a = 1 & some none.b = 2)", "(none.a = 1 | none.b = 2)");
  f("{ .a = 1 } || { .b = 2 }", "(some none.a = 1 | some none.b = 2)", "(none.a = 1 | none.b = 2)", true);
  f(
    "({ .a = 1 } && { .b = 2 }) | { .c = 3 }",
    "((some none.a = 1 & some none.b = 2) & some none.c = 3)",
    "(none.a = 1 | none.b = 2)",
  );
  f("{ .a = 1 } >> { .b = 2 }", "(some none.a = 1 & some none.b = 2)", "always");
  f("{ .a = 1 } !>> { .b = 2 }", "some none.b = 2", "always");
  f("{ .a = 1 } &>> { .b = 2 }", "(some none.a = 1 & some none.b = 2)", "always");
  f("{ .a = 1 } | count() > 2 | { .b = 2 }", "(some none.a = 1 & some none.b = 2)", "none.a = 1");
  f("{ .a = 1 } | by(.b) | coalesce()", "some none.a = 1", "none.a = 1");
  f("({ .a = 1 } | count()) > ({ .b = 2 } | count())", "(some none.a = 1 & some none.b = 2)", "always");
  f("count() > 2", "some always", "always");
  f("{ rootName = `a` && kind = server }", '(some :kind = server & some (root & :name = "a"))', "always");
  f("{ rootServiceName != `a` }", "some always", "always");
  f("{ parent.span.a > 5 && 3 < parent.b }", "(some always & some span.a > 5 & some none.b > 3)", "always");
  f(
    "{ rootName =~ `a.+` || parent.a = 1 }",
    '(some always & ((some (root & :name =~ "a.+")) | (some none.a = 1)))',
    "always",
  );
  f("{ rootName = `a` || kind = server }", "some always", "always");
});

test("says which spans every trace that may be found has", () => {
  const f = (source: string, want: readonly string[]) => {
    assert.deepEqual(neededSpans(searchPlan(source).traces).map(show), want, source);
  };
  f("{ .a = 1 }", ["none.a = 1"]);
  f("{}", []);
  f("{ .a = 1 } >> { .b = 2 }", ["none.a = 1", "none.b = 2"]);
  f("{ true } >> { .b = 2 }", ["none.b = 2"]);
  f("{ .a = 1 } || { .b = 2 }", ["(none.a = 1 | none.b = 2)"]);
  f("{ .a = 1 } || { true }", []);
  f("{ .a = 1 } && ({ .b = 2 } || ({ true } >> { .c = 3 }))", ["none.a = 1", "(none.b = 2 | none.c = 3)"]);
  f("{ rootName = `a` && kind = server }", [":kind = server", '(root & :name = "a")']);
});

test("says which columns are read and shown", () => {
  const f = (source: string, want: string, shown: number) => {
    const planned = searchPlan(source);
    const always = new Set([":span:id", ":span:parentID", ":name", "resource.service.name", ":start", ":duration"]);
    const others = planned.fields.map(columnKey).filter((key) => !always.has(key));
    assert.deepEqual([others.join(" "), planned.shown.length], [want, shown], source);
  };
  f("{ duration > 5ms && .a = 1 && .a < 3 }", "none.a", 1);
  f("{ name = `a` } | select(span.b, event.c) | by(kind)", "span.b event.c :kind", 3);
  f("{ true } >> { status = error }", ":kind :status".split(" ").reverse().join(" "), 1);
  f("{ parent.a = 1 }", ":kind none.a", 1);
  f("{ traceDuration > 1s && rootName = `a` }", "", 2);
});

test("says what of metrics a database can do", () => {
  const f = (source: string, want: unknown) => {
    const [leaf] = metricsPlan(source).leaves;
    const keys = (fields: readonly StoredField[]) => fields.map(columnKey).join(" ");
    const { pushdown } = leaf ?? { pushdown: null };
    assert.deepEqual(
      pushdown === null ? null : [keys(pushdown.by), pushdown.field && columnKey(pushdown.field)],
      want,
      source,
    );
  };
  f("{ nestedSetParent < 0 } | rate()", ["", null]);
  f("{ status = error } | count_over_time() by (resource.service.name, name)", ["resource.service.name :name", null]);
  f("{ .a = 1 } || { .b = 2 } | quantile_over_time(duration, .5) by (.c)", ["none.c", ":duration"]);
  f("{ .a + 1 = 2 } | rate()", null);
  f("{ .a = 1 } >> { .b = 2 } | rate()", null);
  f("{ .a = 1 } | rate() by (rootName)", null);
  f("{ .a = 1 } | count() > 2 | rate()", null);
  f("{ .a = 1 } | compare({ .b = 2 })", null);
  assert.equal(metricsPlan("({ .a = 1 } | rate()) / ({ true } | rate()) + ({ .b = 2 } | rate())").leaves.length, 3);
});

const filters = [
  ...[
    "true",
    "false",
    "span.a = 1",
    "span.a != 1",
    "span.a > `1`",
    ".a = true",
    "!.a",
    ".b != nil",
    "resource.b = nil",
  ],
  ...[
    "duration > 2ms",
    "3ms > duration",
    "status = error",
    "kind != server",
    "name =~ `[ab]`",
    "name !~ `[cd]`",
    "parent = nil",
  ],
  ...[
    "nestedSetParent < 0",
    "nestedSetParent >= 0",
    "nestedSetLeft < 4",
    "childCount > 1",
    "parent.a = 1",
    "traceDuration > 5ms",
  ],
  ...[
    "span.a + 1 = 2",
    ".a = .b",
    "rootName != `a`",
    "rootServiceName =~ `.*`",
    "parent.a != 1",
    "1 < parent.a",
    "event:name = `e`",
    "event:name != `e`",
    "cidr(.a, `10.0.0.0/8`)",
    "rootName = `a`",
  ],
] as const;

function randomFilter(random: Random, depth: number): string {
  if (depth === 0) return random.pick(filters);
  const inner = () => randomFilter(random, depth - 1);
  return random.pick([
    () => random.pick(filters),
    () => `(${inner()} && ${inner()})`,
    () => `(${inner()} || ${inner()})`,
    () => `!(${inner()} && true)`,
  ])();
}

function randomQuery(random: Random): string {
  const filter = () => `{ ${randomFilter(random, 2)} }`;
  const operator = () => random.pick(["&&", "||", "&&", "||", ">", ">>", "<<", "~", "!>>", "&>", "!~"]);
  const expression = () => (random.oneIn(3) ? `(${filter()} ${operator()} ${filter()})` : filter());
  const others = ["count() > 1", "by(span.a)", "by(kind) | coalesce()", "select(.b)"] as const;
  const step = () => (random.oneIn(2) ? expression() : random.pick(others));
  return [expression(), ...Array.from({ length: random.below(3) }, step)].join(" | ");
}

function randomTrace(random: Random): SpanLiteral[] {
  const value = () => random.pick(["1", "2", "true", "false", "x", "10.1.1.1", '["1","x"]', "[1,2]", "1.5"]);
  return Array.from({ length: 1 + random.below(7) }, (_, at) => ({
    id: `${at}`,
    parent: at === 0 ? random.pick(["", "lost"]) : random.pick([`${random.below(at)}`, `${at - 1}`, "", "lost"]),
    name: random.pick(["a", "b", "c", "d"]),
    at: at * random.below(3),
    ms: 1 + random.below(5),
    status: random.pick(["ok", "error", "unset"]),
    kind: random.pick(["server", "client", "internal"]),
    span: { ...(random.oneIn(3) ? {} : { a: value() }), ...(random.oneIn(2) ? {} : { b: value() }) },
    resource: random.oneIn(3) ? { b: value() } : {},
    events: Array.from({ length: random.below(3) }, () => ({ name: random.pick(["e", "f"]) })),
  }));
}

test("what a plan leaves out would not have been found, and what is exact needs no second look", () => {
  const random = createRandom(11);
  let narrowed = 0;
  let exact = 0;
  for (let round = 0; round < 3000; round++) {
    const source = randomQuery(random);
    const planned = searchPlan(source);
    const spans = randomTrace(random);
    const find = (some: readonly SpanLiteral[]) => idsIn(planned, some);
    const want = find(spans);
    const layout = layoutOf(planned.fields);
    const trace = traceOf(columnsOfSpans(spans, planned.fields), layout);
    if (want.length > 0) assert.ok(holds(planned.traces, trace, layout), `${source} on ${JSON.stringify(spans)}`);
    for (const needed of want.length > 0 ? neededSpans(planned.traces) : []) {
      assert.ok(holds({ type: "some", spans: needed }, trace, layout), `${source}: ${show(needed)}`);
    }
    const isRead = testOf(planned.spans, layout);
    const read = spans.filter((_, span) => isRead(trace, span));
    if (planned.spans.type !== "always") {
      narrowed++;
      assert.deepEqual(find(read), want, `${source} on ${JSON.stringify(spans)}`);
    }
    if (!planned.exact) continue;
    exact++;
    assert.deepEqual(read.length === 0 ? [] : [read.map(({ id }) => id).join(" ")], want, source);
  }
  assert.ok(narrowed > 300 && exact > 300, `want many plans that narrow, got ${narrowed}, and ${exact} exact ones`);
});

function idsIn(planned: SearchPlan, spans: readonly SpanLiteral[]): string[] {
  const found = createSearch(planned, { spansPerSpanset: 0 })(columnsOfSpans(spans, planned.fields));
  return found.map((spanset) => spanset.spans.map(({ spanId }) => spanId).join(" "));
}

function holds(condition: TraceCondition, trace: Trace, layout: Layout): boolean {
  if (condition.type === "some") {
    const isSo = testOf(condition.spans, layout);
    return Array.from({ length: trace.spanCount }, (_, span) => span).some((span) => isSo(trace, span));
  }
  const isSo = (of: TraceCondition) => holds(of, trace, layout);
  return condition.type === "all" ? condition.of.every(isSo) : condition.of.some(isSo);
}
