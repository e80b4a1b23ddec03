import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import { compileRule, type EventRule, type MetricRule, type Rule } from "./rule.ts";
import { type KeptRule, listEnabledRules, recordEvaluation, rulesVersion } from "./rule-store.ts";

/** The enabled rules of all tenants, compiled, as of the last reading. */
export interface RuleBook {
  /**
   * Reads the rules anew if one was put or deleted since; keeps the old ones when that fails. A rule that cannot be
   * compiled says so as its error.
   */
  refresh(): Promise<void>;
  metricRules(): readonly MetricRule[];
  eventRules(): readonly EventRule[];
  eventRulesOf(tenant: string): readonly EventRule[];
}

export function createRuleBook(sql: Pool, clock: Clock): RuleBook {
  let version: string | undefined;
  let metric: readonly MetricRule[] = [];
  let event: readonly EventRule[] = [];
  let eventByTenant: ReadonlyMap<string, EventRule[]> = new Map();
  return {
    async refresh() {
      // Asked for first: a change in between is then seen the next time.
      const newest = await rulesVersion(sql);
      if (newest === version) return;
      const kept = await listEnabledRules(sql);
      const compiled: Rule[] = [];
      for (const one of kept) compiled.push(...(await compile(sql, one, clock())));
      metric = compiled.filter((rule) => rule.kind === "metric");
      event = compiled.filter((rule) => rule.kind === "event");
      eventByTenant = Map.groupBy(event, ({ tenant }) => tenant);
      version = newest;
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
