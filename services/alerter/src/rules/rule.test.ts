import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { Comparison, type MetricCondition, Rule } from "@sightline/proto/sightline/alert/v1/alert_service";
import { Severity } from "@sightline/proto/sightline/event/v1/event";
import { QueryMetricsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { DEFAULT_RULES } from "./default-rules.ts";
import { compileRule, normaliseRule } from "./rule.ts";

const query = QueryMetricsRequest.fromPartial({ metric: "system_cpu_usage_percent" });
const metricCondition: MetricCondition = { query, comparison: Comparison.GREATER, threshold: 85, forSeconds: 300 };
const eventCondition = {
  expression: "event_type == 'anomaly'",
  thresholdCount: 0,
  thresholdWindowSeconds: 0,
  groupBy: [],
  resolveExpression: "",
};
const metricRule: Rule = {
  ...Rule.fromPartial({ name: "High CPU", enabled: true }),
  condition: { $case: "metric", value: metricCondition },
};
const eventRule: Rule = {
  ...Rule.fromPartial({ name: "Anomaly", enabled: true }),
  condition: { $case: "event", value: eventCondition },
};

function metric(change: Partial<MetricCondition>): Rule {
  return { ...metricRule, condition: { $case: "metric", value: { ...metricCondition, ...change } } };
}

function event(change: Partial<typeof eventCondition>): Rule {
  return { ...eventRule, condition: { $case: "event", value: { ...eventCondition, ...change } } };
}

test("what is left out is filled in", () => {
  const rule = normaliseRule({ ...eventRule, lastError: "x", lastEvaluatedUnixNano: 5n });
  assert.equal(rule.severity, Severity.WARNING);
  assert.equal(rule.lastError, "");
  assert.equal(rule.lastEvaluatedUnixNano, 0n);
  assert.deepEqual(rule.condition?.value, {
    ...eventCondition,
    thresholdCount: 1,
    thresholdWindowSeconds: 300,
    groupBy: ["target"],
  });
});

test("range, step and limit of a metric's query do not count", () => {
  const range = { startUnixNano: 1n, endUnixNano: 2n };
  const rule = normaliseRule(metric({ query: { ...query, range, stepSeconds: 7, limit: 3 } }));
  assert.deepEqual(rule.condition?.value, metricCondition);
});

test("refusals name the field, and the character of a condition", () => {
  const f = (rule: Rule, want: string) =>
    assert.throws(
      () => normaliseRule(rule),
      (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, "invalid_argument");
        assert.equal(error.message, want);
        return true;
      },
    );
  f({ ...eventRule, name: " " }, "cannot keep rule: name: got nothing, want a text");
  f({ ...eventRule, name: "x".repeat(129) }, "cannot keep rule: name: got 129 bytes, want at most 128");
  f(
    { ...eventRule, severity: Severity.UNRECOGNIZED },
    "cannot keep rule: severity: got -1, want 1 (debug) to 5 (critical)",
  );
  f({ ...eventRule, condition: undefined }, "cannot keep rule: condition: got none, want metric or event");
  f(
    { ...eventRule, labels: { "a b": "c" } },
    'cannot keep rule: labels: got the name "a b", want letters, digits, _ and points',
  );
  f(
    { ...eventRule, labels: { severity: "bad" } },
    "cannot keep rule: labels: got severity, want a name other than alertname and severity",
  );
  f(metric({ query: undefined }), "cannot keep rule: metric.query.metric: got nothing, want a name");
  f(
    metric({ comparison: Comparison.UNSPECIFIED }),
    "cannot keep rule: metric.comparison: got 0, want 1 (greater) to 6 (not equal)",
  );
  f(metric({ threshold: Number.NaN }), "cannot keep rule: metric.threshold: got NaN, want a finite number");
  f(metric({ forSeconds: 604_801 }), "cannot keep rule: metric.for_seconds: got 604801, want at most 604800");
  f(
    metric({ query: { ...query, groupBy: ["host"] } }),
    "cannot keep rule: metric.query.group_by: got labels without an aggregation, want an aggregation beside them",
  );
  f(event({ thresholdCount: 1001 }), "cannot keep rule: event.threshold_count: got 1001, want 1 to 1000");
  f(
    event({ thresholdWindowSeconds: 86_401 }),
    "cannot keep rule: event.threshold_window_seconds: got 86401, want 1 to 86400",
  );
  f(
    event({ expression: "event_type = 'x'" }),
    "cannot keep rule: event.expression: cannot read condition: at character 12 got =, want ==",
  );
  f(
    event({ resolveExpression: "status == 'x'" }),
    "cannot keep rule: event.resolve_expression: cannot read condition: at character 1 got the unknown name status, " +
      "want one of event_id, event_type, severity, source, target, category, title, description, health_score, details, " +
      "labels, metadata, resource_usage",
  );
});

test("the default rules are sound and their names differ", () => {
  const names = DEFAULT_RULES.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const rule of DEFAULT_RULES) {
    assert.equal(compileRule("default", rule).name, rule.name);
    assert.ok(rule.enabled);
    assert.ok(rule.description !== "");
  }
});
