import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testOf } from "@sightline/query/traceql/condition";
import { plan } from "@sightline/query/traceql/plan";
import { columnsOfSpans, type SpanLiteral } from "@sightline/query/traceql/testing/traces";
import { layoutOf, traceOf } from "@sightline/query/traceql/trace";
import { parseTraceQl } from "@sightline/query/traceql/traceql";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createBind } from "./bind.ts";
import { spanConditionSql } from "./span-conditions.ts";
import { spansSql } from "./span-hints.ts";
import { spanRow } from "./testing/span-rows.ts";

const texts = [
  "1",
  "-2",
  "1.5",
  "1e3",
  "007",
  "9007199254740993",
  "NaN",
  "Infinity",
  "-Infinity",
  "true",
  "false",
  "",
  "a",
  "ab",
  "A",
];
const others = [
  "é",
  "[1,2]",
  '["a","b"]',
  "[]",
  '["true"]',
  "[not json",
  "10.1.2.3",
  "::ffff:10.1.2.3",
  "2001:db8::1",
  "0x10",
  " 5",
  "5 ",
];

/** A span for each text as an attribute of its own or of its resource, and some with other things to ask for. */
const spans: readonly SpanLiteral[] = [
  ...[...texts, ...others].map(
    (value, at): SpanLiteral => ({
      id: `a${at}`,
      parent: at % 3 === 0 ? "" : "p",
      name: value,
      message: value,
      ...(at % 4 === 0 ? {} : { service: "shop" }),
      ms: at,
      status: (["ok", "error", "unset"] as const)[at % 3] ?? "unset",
      kind: (["server", "client", "internal", "producer", "consumer"] as const)[at % 5] ?? "internal",
      ...(at % 2 === 0 ? { span: { x: value } } : { resource: { x: value } }),
    }),
  ),
  {
    id: "events",
    events: [
      { name: "exception", at: 5, attributes: { x: "1", "exception.type": "E" } },
      { name: "retry", at: 7, attributes: { x: "ab" } },
    ],
    links: [{ trace: "0".repeat(31) + "f", span: "0f", attributes: { x: "a" } }],
    scope: { name: "lib", version: "2.0" },
    span: { x: "both" },
    resource: { x: "hidden" },
  },
];

/** Recent, or the table would not keep it. */
const beganMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  const trace = { id: "0af7651916cd43dd8448eb211c80319c", beganMs };
  await database.insert(
    "otel_traces",
    spans.map((span) => spanRow(span, trace)),
  );
});

after(async () => await database[Symbol.asyncDispose]());

const values = [
  "1",
  "-2",
  "1.5",
  "1000",
  "7",
  "9007199254740993",
  "9007199254740992",
  "5ms",
  "true",
  "false",
  "`a`",
  "`ab`",
  "``",
  "`[1,2]`",
  "`B`",
  "error",
  "server",
];
const fields = ["span.x", "resource.x", ".x", "event.x", "link.x", "instrumentation.x", "resource.service.name"];

/** The filters that are held against the database. */
function filters(): string[] {
  const isOrdered = (value: string) => !["true", "false", "error", "server"].includes(value);
  const compared = values.flatMap((value, at) => {
    const operators = isOrdered(value) ? ["=", "!=", "<", "<=", ">", ">="] : ["=", "!="];
    const attribute = operators.map((operator) => `.x ${operator} ${value}`);
    const other = fields[at % fields.length] ?? ".x";
    return [...attribute, `${other} = ${value}`, `${other} != ${value}`, `event.x != ${value}`];
  });
  const matched = [...fields, "name", "statusMessage", "event:name"].flatMap((field) =>
    ["=~ `a.*`", "!~ `a.*`", "=~ `.`", "=~ `1|true`", '=~ "\\\\[.*"'].map((pattern) => `${field} ${pattern}`),
  );
  const asked = [...fields, ".none", "event.none"].flatMap((field) => [
    `${field} != nil`,
    ...(field === "resource.service.name" ? [] : [`${field} = nil`]),
  ]);
  return [
    ...compared,
    ...matched,
    ...asked,
    ...[
      "span.x",
      "!span.x",
      ".x && !resource.x",
      "!(span.x = 1)",
      "!(span.x != 1 || .x = `a`)",
      "event.exception.type != nil",
    ],
    ...["duration > 5ms", "duration != 7", "duration < 5.5", "12ms >= duration", "duration = 3000000"],
    ...[
      "status = error",
      "status != ok",
      "kind = server",
      "kind != client",
      "parent = nil",
      "parent != nil",
      "nestedSetParent < 0",
    ],
    ...[
      "name = `a`",
      "name > `a`",
      "statusMessage = ``",
      "span:id = `a3`",
      "span:parentID = `p`",
      "trace:id = `af7651916cd43dd8448eb211c80319c`",
    ],
    ...[
      "event:name = `retry`",
      "event:name != `retry`",
      "event:timeSinceStart > 6ms",
      "event:timeSinceStart < 6ms",
      "event:timeSinceStart != 5ms",
    ],
    ...["link:traceID = `f`", "link:spanID = `0f`", "instrumentation:name = `lib`", "instrumentation:version != ``"],
    ...[
      "cidr(.x, `10.0.0.0/8`)",
      "cidr(span.x, `2001:db8::/32`, `10.1.0.0/16`)",
      "!cidr(.x, `0.0.0.0/0`)",
      "cidr(name, `10.0.0.0/8`)",
      "cidr(event.x, `10.0.0.0/8`)",
    ],
  ];
}

test("the database finds by a condition what the condition means", async () => {
  const asked = filters().map((filter) => {
    const planned = plan(parseTraceQl(`{ ${filter} }`).query);
    if (planned.type !== "search") throw new Error(`want a search, got ${filter}`);
    const trace = traceOf(columnsOfSpans(spans, planned.fields, { beganMs }), layoutOf(planned.fields));
    const isSo = testOf(planned.spans, layoutOf(planned.fields));
    const want = spans.filter((_, at) => isSo(trace, at)).map(({ id }) => id);
    return { filter, condition: planned.spans, want };
  });
  // Many at a time: what each finds is a column.
  const perStatement = 20;
  for (let from = 0; from < asked.length; from += perStatement) {
    const part = asked.slice(from, from + perStatement);
    const { bind, params } = createBind();
    const found = part.map(
      ({ condition }, at) => `groupArrayIf(SpanId, ${spanConditionSql(condition, bind)}) AS c${at}`,
    );
    const sql = `SELECT ${found.join(", ")} FROM otel_traces WHERE Tenant = {tenant:String}`;
    const [row] = await database.clickhouse.query(
      sql,
      { ...params, tenant: "default" },
      { schema: z.array(z.array(z.string())), format: "JSONCompactEachRow", settings: { compile_expressions: 0 } },
    );
    part.forEach(({ filter, want }, at) => {
      assert.deepEqual(row?.[at]?.toSorted(), want.toSorted(), filter);
    });
  }
  assert.ok(asked.length > 200, `want many conditions, got ${asked.length}`);
});

test("what the indexes know leaves out no attribute, be it a text, an element of an array or an array as a text", async () => {
  const values = ["plain", '["first","second \\"quoted\\"",3,1.50,true,{"k":"v"}]', "[not json", "[]", ""];
  const trace = { id: "1af7651916cd43dd8448eb211c80319c", beganMs };
  // Each in a part of its own, which an index rules out or does not.
  for (const [at, value] of values.entries()) {
    const rows = [
      spanRow({ id: `s${at}`, span: { y: value } }, trace),
      spanRow({ id: `r${at}`, resource: { y: value } }, trace),
    ];
    for (const row of rows) await database.insert("otel_traces", [{ ...row, Tenant: "indexed" }]);
  }
  const f = async (filter: string, want: readonly string[]) => {
    const planned = plan(parseTraceQl(`{ ${filter} }`).query);
    if (planned.type !== "search") throw new Error(`want a search, got ${filter}`);
    const { bind, params } = createBind();
    const sql = `SELECT SpanId AS id FROM otel_traces WHERE Tenant = {tenant:String} AND (${spansSql(planned.spans, bind)})`;
    const schema = z.object({ id: z.string() });
    const rows = await database.clickhouse.query(sql, { ...params, tenant: "indexed" }, { schema });
    assert.deepEqual(rows.map(({ id }) => id).toSorted(), want, filter);
  };
  await f(".y = `plain`", ["r0", "s0"]);
  await f("span.y = `plain`", ["s0"]);
  await f("resource.y = `first`", ["r1"]);
  await f('.y = "second \\"quoted\\""', ["r1", "s1"]);
  await f(".y = `first` || .y = `[]`", ["r1", "r3", "s1", "s3"]);
  await f(".y = `first` && span.y != nil", ["s1"]);
  await f(".y = `[not json`", ["r2", "s2"]);
  await f(".y = `none` || span.y = ``", ["s4"]);
  await f("!(.y = `plain`) && span.y != nil", ["s1", "s2", "s3", "s4"]);
});
