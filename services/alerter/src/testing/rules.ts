import type { Pool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { ensureTenant } from "@sightline/postgres/users";
import {
  Comparison,
  type EventCondition,
  type MetricCondition,
  Rule,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { QueryMetricsRequest } from "@sightline/proto/sightline/query/v1/query_service";
import { putChannel } from "../channels/channel-store.ts";
import { normaliseRule } from "../rules/rule.ts";
import { insertRule } from "../rules/rule-store.ts";

type RuleChange = Partial<Omit<Rule, "condition">>;

/** A rule that fires while `queue_depth` is over 10, unless told otherwise. */
export function metricRule(change: RuleChange = {}, condition: Partial<MetricCondition> = {}): Rule {
  const query = QueryMetricsRequest.fromPartial({ metric: "queue_depth" });
  const value = { query, comparison: Comparison.GREATER, threshold: 10, forSeconds: 0, ...condition };
  return ruleOf("Deep queue", change, { $case: "metric", value });
}

/** A rule that fires at the first event of type `boom`, unless told otherwise. */
export function eventRule(change: RuleChange = {}, condition: Partial<EventCondition> = {}): Rule {
  const value = {
    expression: "event_type == 'boom'",
    thresholdCount: 0,
    thresholdWindowSeconds: 0,
    groupBy: [],
    resolveExpression: "",
    ...condition,
  };
  return ruleOf("Boom", change, { $case: "event", value });
}

function ruleOf(name: string, change: RuleChange, condition: Rule["condition"]): Rule {
  return { ...Rule.fromPartial({ name, channels: ["hook"], enabled: true }), ...change, condition };
}

let tenants = 0;

/** A tenant of a test's own, with this rule and the channel `hook`, put there as the service does. */
export async function tenantWith(
  sql: Pool,
  rule: Rule,
  hookUrl = "http://127.0.0.1:1/",
): Promise<{ tenant: string; rule: Rule }> {
  const tenant = `tenant-${++tenants}`;
  const kept = { ...normaliseRule(rule), ruleId: crypto.randomUUID() };
  const webhook = {
    url: hookUrl,
    timeoutMs: 500,
    retryAttempts: 3,
    retryDelayMs: 1000,
    bearerToken: "",
    hasBearerToken: false,
  };
  await ensureTenant(sql, tenant);
  await putChannel(
    { sql, seal: createSeal({}) },
    tenant,
    { name: "hook", kind: { $case: "webhook", value: webhook } },
    0,
  );
  await sql.transaction((tx) => insertRule(tx, kept, { tenant, nowMs: 0 }));
  return { tenant, rule: kept };
}
