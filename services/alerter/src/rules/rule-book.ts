import { AppError } from "@sightline/errors/app-error";
import type { Pool } from "@sightline/postgres/pool";
import { compileRule, type EventRule, type MetricRule, type Rule } from "./rule.ts";
import { type KeptRule, listEnabledRules, recordEvaluation } from "./rule-store.ts";

/** The enabled rules of all tenants, compiled, as of the last reading. */
export interface RuleBook {
  /** Reads the rules anew; keeps the old ones when that fails. A rule that cannot be compiled says so as its error. */
  reload(nowMs: number): Promise<void>;
  metricRules(): readonly MetricRule[];
  eventRules(): readonly EventRule[];
  eventRulesOf(tenant: string): readonly EventRule[];
}

export function createRuleBook(sql: Pool): RuleBook {
  let metric: readonly MetricRule[] = [];
  let event: readonly EventRule[] = [];
  let eventByTenant: ReadonlyMap<string, EventRule[]> = new Map();
  return {
    async reload(nowMs) {
      const kept = await listEnabledRules(sql);
      const compiled: Rule[] = [];
      for (const one of kept) compiled.push(...(await compile(sql, one, nowMs)));
      metric = compiled.filter((rule) => rule.kind === "metric");
      event = compiled.filter((rule) => rule.kind === "event");
      eventByTenant = Map.groupBy(event, ({ tenant }) => tenant);
    },
    metricRules: () => metric,
    eventRules: () => event,
    eventRulesOf: (tenant) => eventByTenant.get(tenant) ?? [],
  };
}

/** One rule or none: what an older version accepted and this one does not must not stop the others. */
async function compile(sql: Pool, { tenant, rule }: KeptRule, atMs: number): Promise<Rule[]> {
  try {
    return [compileRule(tenant, rule)];
  } catch (thrown) {
    const error = AppError.from(thrown).message;
    await recordEvaluation(sql, { tenant, ruleIds: [rule.ruleId], atMs, error });
    return [];
  }
}
