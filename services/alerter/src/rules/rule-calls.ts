import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { Rule as RuleMessage } from "@sightline/proto/sightline/alert/v1/alert_service";
import { openAlertsOfRule } from "../alerts/alert-store.ts";
import { moveAlert, RULE_ACTOR } from "../alerts/step.ts";
import { normaliseRule } from "./rule.ts";
import { countRules, deleteRule, findRule, forgetWindows, insertRule, listRules, updateRule } from "./rule-store.ts";

export interface RuleCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How many a tenant may have. */
  readonly maxRules: number;
  /** Called after a rule was put or deleted; waited for, so that events sent after the answer meet the rule. */
  readonly onChanged: () => Promise<void>;
}

/** What people ask of rules. Everything is of the given tenant. */
export interface RuleCalls {
  list(tenant: string): Promise<RuleMessage[]>;
  put(tenant: string, rule: RuleMessage | undefined): Promise<RuleMessage>;
  delete(tenant: string, ruleId: string): Promise<void>;
}

export function createRuleCalls({ sql, clock, newId, maxRules, onChanged }: RuleCallsOptions): RuleCalls {
  const create = (tenant: string, rule: RuleMessage) =>
    sql.transaction(async (tx) => {
      const count = await countRules(tx, tenant);
      if (count >= maxRules) {
        throw new AppError("resource_exhausted", `cannot keep rule: got ${count} already, want fewer`);
      }
      const created = { ...rule, ruleId: newId() };
      await insertRule(tx, created, { tenant, nowMs: clock() });
      return created;
    });
  const replace = (tenant: string, rule: RuleMessage) =>
    sql.transaction(async (tx) => {
      const old = await findRule(tx, tenant, wantId(rule.ruleId));
      if (old.condition?.$case !== rule.condition?.$case) await endAlerts(tx, { tenant, rule: old, atMs: clock() });
      await updateRule(tx, rule, { tenant, nowMs: clock() });
      return { ...rule, lastEvaluatedUnixNano: old.lastEvaluatedUnixNano };
    });
  return {
    list: (tenant) => listRules(sql, tenant),
    async put(tenant, given) {
      if (given === undefined) throw invalid("cannot keep rule: got none, want rule");
      const rule = normaliseRule({ ...given, channels: [...new Set(given.channels)] });
      const kept = rule.ruleId === "" ? await create(tenant, rule) : await replace(tenant, rule);
      await onChanged();
      return kept;
    },
    async delete(tenant, ruleId) {
      await deleteRule(sql, tenant, wantId(ruleId));
      await onChanged();
    },
  };
}

/** A rule that counted events and now watches a metric, or the other way round, is another rule. */
async function endAlerts(
  tx: Sql,
  { tenant, rule, atMs }: { readonly tenant: string; readonly rule: RuleMessage; readonly atMs: number },
): Promise<void> {
  await forgetWindows(tx, tenant, rule.ruleId);
  for (const alert of await openAlertsOfRule(tx, tenant, rule.ruleId)) {
    const step = {
      to: "resolved",
      reason: "rule_replaced",
      note: "the rule was replaced by one of another kind",
    } as const;
    await moveAlert(tx, alert, { ...step, actor: RULE_ACTOR, value: alert.value, atMs, channels: [] });
  }
}

function wantId(ruleId: string): string {
  if (isUuid(ruleId)) return ruleId;
  throw new AppError("not_found", `cannot find rule ${JSON.stringify(ruleId.slice(0, 64))}: it is no rule's id`);
}
