import assert from "node:assert/strict";
import { test } from "node:test";
import { KEPT_TABLES, type KeptDays } from "./kinds.ts";
import { ruleIn, ruleOf } from "./rule.ts";

const defaults: KeptDays = {
  logs: 90,
  traces: 7,
  sampled_traces: 30,
  metrics: 30,
  metric_rollups: 365,
  events: 90,
};

function expression(name: string, tenants: Record<string, Partial<KeptDays>>, days: Partial<KeptDays> = {}) {
  const table = KEPT_TABLES.find((candidate) => candidate.name === name);
  assert.ok(table);
  return ruleOf(table, { defaults: { ...defaults, ...days }, tenants: new Map(Object.entries(tenants)) }, 10);
}

const cases = [
  { name: "one age for all", table: "otel_logs", tenants: {}, want: "toStartOfDay(Timestamp) + toIntervalDay(1 + 90)" },
  {
    name: "a tenant of its own",
    table: "otel_logs",
    tenants: { b: { logs: 3 }, a: { logs: 400 }, same: { logs: 90 }, other: { events: 1 } },
    want: "toStartOfDay(Timestamp) + toIntervalDay(1 + transform(Tenant, ['a', 'b'], [400, 3], 90))",
  },
  {
    name: "a share of the traces for longer",
    table: "otel_traces_trace_id_ts",
    tenants: {},
    want: "toStartOfDay(Start) + toIntervalDay(1 + if(cityHash64(TraceId) % 100 < 10, 30, 7))",
  },
  {
    name: "sampled traces never for shorter than all",
    table: "otel_traces",
    tenants: { a: { traces: 60 } },
    want: "toStartOfDay(Timestamp) + toIntervalDay(1 + if(cityHash64(TraceId) % 100 < 10, transform(Tenant, ['a'], [60], 30), transform(Tenant, ['a'], [60], 7)))",
  },
  {
    name: "a series as long as anything of it",
    table: "metrics_series",
    tenants: {},
    want: "toStartOfDay(LastSeen) + toIntervalDay(1 + 365)",
  },
];
for (const { name, table, tenants, want } of cases) {
  test(`a rule: ${name}`, () => {
    const rule = expression(table, tenants);
    assert.equal(rule.expression, want);
    assert.equal(rule.wholeParts, !/transform|if\(|LastSeen/.test(want));
  });
}

test("without sampling all spans of a day go at once", () => {
  assert.equal(expression("otel_traces", {}, { sampled_traces: 1 }).wholeParts, true);
});

test("what is no tenant's name gets into no definition", () => {
  assert.throws(() => expression("otel_logs", { "a'b": { logs: 1 } }), /cannot name the tenant/);
});

test("a rule is found in a definition", () => {
  assert.equal(ruleIn("MergeTree ORDER BY a TTL t + toIntervalDay(1) SETTINGS x = 1"), "t + toIntervalDay(1)");
  assert.equal(ruleIn("MergeTree ORDER BY a TTL t + toIntervalDay(1)"), "t + toIntervalDay(1)");
  assert.equal(ruleIn("MergeTree ORDER BY a SETTINGS ttl_only_drop_parts = 1"), undefined);
});
