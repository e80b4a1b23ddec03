import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "./plan.ts";
import { createSearch } from "./search.ts";
import { columnsOfSpans, type SpanLiteral } from "./testing/traces.ts";
import { parseTraceQl } from "./traceql.ts";

function search(source: string, spans: readonly SpanLiteral[], spansPerSpanset = 0) {
  const planned = plan(parseTraceQl(source).query);
  if (planned.type !== "search") throw new Error(`want a search, got ${source}`);
  return createSearch(planned, { spansPerSpanset })(columnsOfSpans(spans, planned.fields));
}

/** The ids of the spans found: a text for each spanset. */
function ids(source: string, spans: readonly SpanLiteral[]): string[] {
  return search(source, spans).map((spanset) => spanset.spans.map(({ spanId }) => spanId).join(" "));
}

const checkout: readonly SpanLiteral[] = [
  {
    id: "a",
    name: "GET /checkout",
    service: "web",
    ms: 100,
    kind: "server",
    span: { "http.status_code": "200", "http.method": "GET", big: "9007199254740993", ok: "true", list: '["x","y"]' },
    resource: { region: "eu", shared: "resource" },
    scope: { name: "express", version: "5.1" },
  },
  {
    id: "b",
    parent: "a",
    name: "POST /pay",
    service: "web",
    at: 10,
    ms: 60,
    kind: "client",
    status: "error",
    message: "card declined",
    span: { "http.status_code": "500", "peer.ip": "10.1.2.3", shared: "span", load: "0.75", numbers: "[1,20]" },
    events: [
      { name: "exception", at: 40, attributes: { "exception.type": "Declined" } },
      { name: "retry", at: 50, attributes: { attempt: "2" } },
    ],
    links: [{ trace: "0000000000000000000000000000beef", span: "00000000000000ff", attributes: { why: "follows" } }],
  },
  {
    id: "c",
    parent: "b",
    name: "charge",
    service: "pay",
    at: 20,
    ms: 40,
    kind: "server",
    span: { ok: "false", load: "NaN" },
  },
  { id: "d", parent: "a", name: "render", service: "web", at: 80, ms: 15, span: { "peer.ip": "::ffff:192.168.0.9" } },
];

test("finds spans by their fields", () => {
  const f = (filter: string, want: string) =>
    assert.deepEqual(ids(`{ ${filter} }`, checkout), want === "" ? [] : [want], filter);

  // Intrinsics.
  f("true", "a b c d");
  f("false", "");
  f('name = "charge"', "c");
  f('name =~ "GET.*|render"', "a d");
  f('name =~ "GET"', "");
  f('name !~ ".*/.*"', "c d");
  f("duration > 50ms", "a b");
  f("duration >= 40ms && duration < 0.1s", "b c");
  f("50ms < duration", "a b");
  f("duration = 15000000", "d");
  f("status = error", "b");
  f("status != error", "a c d");
  f('statusMessage =~ "card.*"', "b");
  f("kind = server", "a c");
  f("kind != server && kind != client", "d");
  f("parent = nil", "a");
  f("parent != nil", "b c d");
  f('rootName = "GET /checkout" && rootServiceName = "web" && traceDuration = 100ms', "a b c d");
  f("span:childCount = 2 || span:childCount = 1", "a b");
  f("nestedSetParent < 0", "a");
  f("nestedSetParent >= 0 && nestedSetParent != 1", "c");
  f("nestedSetLeft = 2 && nestedSetRight = 5", "b");
  f('trace:id = "af7651916cd43dd8448eb211c80319c"', "a b c d");
  f('span:id = "c" || span:parentID = "a"', "b c d");
  f('event:name = "retry"', "b");
  f("event:timeSinceStart > 45ms", "b");
  f('link:traceID = "beef" && link:spanID = "00000000000000ff"', "b");
  f('instrumentation:name = "express" && instrumentation:version =~ "5.*"', "a");

  // Attributes by scope.
  f('resource.service.name = "pay"', "c");
  f('.region = "eu"', "a");
  f('span.region = "eu"', "");
  f('.shared = "span"', "b");
  f('.shared = "resource"', "a");
  f('event.exception.type = "Declined" && event.attempt = 2', "b");
  f('link.why = "follows"', "b");
  f("parent.http.status_code = 200", "b d");
  f("parent.span.http.status_code = 500", "c");
  f("parent.resource.service.name != .service.name", "c");
  f('parent.resource.region = "eu"', "b d");

  // What an attribute is compared with says what it is.
  f("span.http.status_code >= 400", "b");
  f("span.http.status_code = 200", "a");
  f('span.http.status_code = "200"', "a");
  f('span.http.status_code =~ "5.."', "b");
  f("span.http.status_code != 200", "b");
  f("span.http.method != 5", "");
  f("span.big = 9007199254740993", "a");
  f("span.big = 9007199254740992", "");
  f("span.big > 9007199254740992", "a");
  f("span.load > 0.5", "b");
  f("span.load = 0.75", "b");
  f("span.ok = true", "a");
  f("span.ok != true", "c");
  f("span.ok", "a");
  f("!span.ok", "c");
  f('span.missing != "x"', "");
  f('!(span.missing = "x")', "a b c d");
  f("span.ok != nil", "a c");
  f("span.ok = nil", "b d");
  f("nil != event.attempt", "b");

  // Arrays: one element for =, none for !=.
  f('span.list = "x"', "a");
  f('span.list = "[\\"x\\",\\"y\\"]"', "a");
  f('span.list != "x"', "");
  f('span.list != "z"', "a");
  f('span.list =~ "y|z"', "a");
  f('span.list !~ "y|z"', "");
  f("span.numbers > 15", "b");
  f("span.numbers != 20", "");
  f("span.numbers != 21", "b");
  f('event:name != "retry"', "");
  f('event:name != "other"', "b");

  // Arithmetic and logic.
  f("span.http.status_code / 100 = 5", "b");
  f("span.http.status_code / 100 * 100 + 1 = 201", "a");
  f("span.http.status_code % 300 = 200", "a b");
  f("span.http.status_code ^ 2 = 40000", "a");
  f("-span.http.status_code < -300", "b");
  f("span.http.status_code / 0 = 1", "");
  f("span.http.status_code / 0.0 > 1e300", "a b");
  f("span.missing + 1 > 0", "");
  f("duration / 2 > 20ms && duration * 2 > .1s", "a b");
  f("span.load * 4 = 3", "b");
  f("span.missing || true", "a b c d");
  f("span.missing && true", "");
  f("kind = server || status = error && span.ok = nil", "b");
  f("kind = server || (status = error && span.ok = nil)", "a b c");
  f("(kind = server) = (status = unset)", "a b c");
  f("span.http.status_code > span.load", "b");

  // Networks.
  f('cidr(span.peer.ip, "10.0.0.0/8")', "b");
  f('cidr(.peer.ip, "192.168.0.0/16", "2001:db8::/32")', "d");
  f('!cidr(.peer.ip, "0.0.0.0/0")', "a c");
});

//   r
//   ├─ a ── c ── e
//   │  └─── d
//   └─ b
//   x (its parent is lost) ── y
const tree: readonly SpanLiteral[] = [
  { id: "r" },
  { id: "a", parent: "r" },
  { id: "c", parent: "a" },
  { id: "e", parent: "c" },
  { id: "d", parent: "a" },
  { id: "b", parent: "r" },
  { id: "x", parent: "gone" },
  { id: "y", parent: "x" },
];

const named = (names: string) => `{ name =~ "${names}" }`;

test("relates spans by their places in the tree", () => {
  const f = (left: string, operator: string, right: string, want: string) => {
    const source = `${named(left)} ${operator} ${named(right)}`;
    assert.deepEqual(ids(source, tree), want === "" ? [] : [want], source);
  };
  f("r", ">", ".", "a b");
  f("a", ">", "c|e", "c");
  f("r", ">>", ".", "a c e d b");
  f("a|c", ">>", "[a-e]", "c e d");
  f("x", ">>", ".", "y");
  f("c|d", "<", ".", "a");
  f("e", "<<", ".", "r a c");
  f("y", "<<", ".", "x");
  f("c", "~", ".", "d");
  f("c|d", "~", ".", "c d");
  f("a", "~", "a", "");
  f("x", "~", ".", "");

  f("r", "!>", ".", "r c e d x y");
  f("r", "!>>", ".", "r x y");
  f("c|d", "!<", "a|b", "b");
  f("e", "!<<", "r|b|c", "b");
  f("c", "!~", "[a-e]", "a c e b");
  f("nobody", "!>>", "a|b", "a b");
  f("nobody", ">>", "a|b", "");

  f("r|a|b", "&>", "c", "a c");
  f(".", "&>>", "e", "r a c e");
  f("e", "&<<", "r|b", "r e");
  f("c", "&<", "a", "a c");
  f("c", "&~", "d|e", "c d");
  f("nobody", "&>>", "a", "");

  f("r", "&&", "e", "r e");
  f("r", "&&", "nobody", "");
  f("nobody", "||", "e|b", "e b");
});

test("relates what relates", () => {
  const f = (source: string, want: string[]) => assert.deepEqual(ids(source, tree), want, source);
  f(`${named("r")} > ${named("a|b")} > ${named(".")}`, ["c d"]);
  f(`${named("r")} >> ({ name = "c" } || { name = "b" })`, ["c b"]);
  f(`(${named("r")} >> ${named(".")}) && ${named("nobody")}`, []);
  f(`${named("r|a|b")} | { name != "a" } | count() > 1`, ["r b"]);
  f(`({ true } | count() > 100) || ${named("e")}`, ["e"]);
});

test("a client and a server may share an id, and nothing loops", () => {
  const zipkin: readonly SpanLiteral[] = [
    { id: "1", kind: "client", name: "call" },
    { id: "1", kind: "server", name: "serve", parent: "" },
    { id: "2", parent: "1", kind: "client", name: "inner" },
    { id: "3", parent: "1", kind: "server", name: "odd" },
  ];
  assert.deepEqual(ids('{ name = "serve" } > { true }', zipkin), ["2"]);
  assert.deepEqual(ids('{ name = "call" } > { true }', zipkin), ["3"]);
  const loop: readonly SpanLiteral[] = [
    { id: "1", parent: "3" },
    { id: "2", parent: "1" },
    { id: "3", parent: "2" },
    { id: "4", parent: "4" },
  ];
  assert.deepEqual(ids("{ true } << { true }", loop), []);
  assert.deepEqual(ids("{ nestedSetLeft = 0 }", loop), ["1 2 3"]);
});

test("groups, aggregates and filters spansets", () => {
  const spans: readonly SpanLiteral[] = [
    { id: "a", service: "web", ms: 10, span: { n: "1" } },
    { id: "b", service: "web", ms: 30, span: { n: "2.5" } },
    { id: "c", service: "db", ms: 50, span: { n: "x" } },
    { id: "d", service: "db", ms: 70 },
    { id: "e", ms: 90 },
  ];
  const f = (pipeline: string, want: string[]) =>
    assert.deepEqual(ids(`{ true } | ${pipeline}`, spans), want, pipeline);
  f("count() = 5", ["a b c d e"]);
  f("count() > 5", []);
  f("by(resource.service.name)", ["a b", "c d", "e"]);
  f("by(resource.service.name) | count() > 1", ["a b", "c d"]);
  f("by(resource.service.name) | avg(duration) > 20ms", ["c d", "e"]);
  f("by(resource.service.name) | max(duration) - min(duration) = 20ms | { duration < 40ms }", ["a b"]);
  f("by(resource.service.name) | count() > 1 | coalesce() | sum(duration) = 160ms", ["a b c d"]);
  f("sum(span.n) = 3.5", ["a b c d e"]);
  f("avg(span.n) = 1.75", ["a b c d e"]);
  f("min(span.n) = 1 | max(span.n) = 2.5", ["a b c d e"]);
  f("avg(span.missing) >= 0 ", []);
  f("{ duration > 60ms } | count() * 2 > 3 + 0", ["d e"]);
  f("max(duration) > avg(duration) * 2", []);
  f("by(duration > 40ms) | count() = 3", ["c d e"]);
  assert.deepEqual(ids("({ duration < 40ms } | count()) = ({ duration > 60ms } | count())", spans), ["a b d e"]);
  assert.deepEqual(ids("({ duration < 1ms } | count()) = 0", spans), []);
  assert.throws(
    () => ids("{ true } | by(span.n) | ({ true } | by(name)) >> { true }", spans),
    /want coalesce\(\) before it/,
  );
});

test("shows what was asked for, and how it was put together", () => {
  const [found, ...others] = search(
    "{ span.http.status_code > 100 && status != unset || kind = server } | select(event.attempt, resource.region, nestedSetLeft)",
    checkout,
    2,
  );
  assert.equal(others.length, 0);
  assert.equal(found?.matched, 3);
  assert.deepEqual(
    found?.spans.map(({ spanId, name, durationNanos, startUnixNano, attributes }) => [
      ...[spanId, name, durationNanos, startUnixNano],
      Object.fromEntries(attributes.map(({ name: key, value }) => [key, value])),
    ]),
    [
      [
        ...["a", "GET /checkout", 100e6, 1_700_000_000_000_000_000n],
        {
          region: "eu",
          nestedSetLeft: { type: "int", value: 1 },
          "http.status_code": "200",
          status: { type: "status", value: "unset" },
          kind: { type: "kind", value: "server" },
        },
      ],
      [
        ...["b", "POST /pay", 60e6, 1_700_000_000_010_000_000n],
        {
          attempt: ["2"],
          nestedSetLeft: { type: "int", value: 2 },
          "http.status_code": "500",
          status: { type: "status", value: "error" },
          kind: { type: "kind", value: "client" },
        },
      ],
    ],
  );
  const groups = search("{ true } | by(kind) | avg(duration) > 45ms", checkout);
  assert.deepEqual(
    groups.map(({ attributes }) => attributes),
    [
      [
        { name: "by(kind)", value: { type: "kind", value: "server" } },
        { name: "avg(duration)", value: { type: "duration", value: 70e6 } },
      ],
      [
        { name: "by(kind)", value: { type: "kind", value: "client" } },
        { name: "avg(duration)", value: { type: "duration", value: 60e6 } },
      ],
    ],
  );
});
