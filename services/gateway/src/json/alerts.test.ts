import assert from "node:assert/strict";
import { test } from "node:test";
import { channelFromJson, channelInput, channelToJson, ruleFromJson, ruleInput, ruleToJson } from "./alerts.ts";

const common = {
  name: "too slow",
  description: "p95 of the shop",
  severity: "critical",
  labels: { team: "shop" },
  annotations: { runbook: "https://runbooks.example/slow" },
  channels: ["console", "ops"],
  enabled: false,
};
const metric = {
  query: {
    metric: "http_request_duration_seconds",
    matchers: ["service=shop", "path!=/livez", "status=~5..", "region!~eu-.*"],
    function: "rate",
    windowSeconds: 300,
    aggregation: "max",
    groupBy: ["service"],
  },
  comparison: "greater_or_equal",
  threshold: 0.25,
  forSeconds: 60,
};
const event = {
  expression: 'event.severity == "critical"',
  thresholdCount: 3,
  thresholdWindowSeconds: 600,
  groupBy: ["target"],
  resolveExpression: 'event.severity == "info"',
};

for (const rule of [
  { ...common, metric },
  { ...common, event },
]) {
  test(`a rule on ${"metric" in rule ? "a metric" : "events"} comes back as it was sent`, () => {
    const answered = ruleToJson(ruleFromJson("r1", ruleInput.parse(rule)));
    assert.deepEqual(answered, { ...rule, ruleId: "r1", lastEvaluated: null, lastError: "" });
  });
}

test("channels come back as they were sent", () => {
  const webhook = {
    url: "https://hooks.example/1",
    timeoutMs: 500,
    retryAttempts: 2,
    retryDelayMs: 50,
    bearerToken: "",
  };
  const back = (form: unknown) => channelToJson(channelFromJson("ops", channelInput.parse(form)));
  assert.deepEqual(back({ webhook }), { name: "ops", webhook: { ...webhook, hasBearerToken: false } });
  assert.deepEqual(back({ console: {} }), { name: "ops", console: {} });
});

test("numbers that a uint32 cannot hold, and unknown fields, are refused", () => {
  const wrong: unknown[] = [
    { ...common, metric: { ...metric, forSeconds: 2 ** 32 } },
    { ...common, metric: { ...metric, forSeconds: -1 } },
    { ...common, metric: { ...metric, comparison: "bigger" } },
    { ...common, event: { ...event, expresion: "true" } },
  ];
  for (const rule of wrong) assert.equal(ruleInput.safeParse(rule).success, false, JSON.stringify(rule));
});
