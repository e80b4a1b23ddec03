import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { z } from "zod";
import { fill } from "../query/statement.ts";
import { KEPT_TABLES, type KeptDays, type KeptTable } from "./kinds.ts";
import { ruleIn } from "./rule.ts";

const readRulesSql = readFileSync(new URL("./sql/read-rules.sql", import.meta.url), "utf8");
const evaluateRuleSql = readFileSync(new URL("./sql/evaluate-rule.sql", import.meta.url), "utf8");

const ruleRow = z.object({
  table: z.string(),
  engine: z.string(),
  unfinished: z.string().transform(Number),
  failure: z.string(),
});
const daysRow = z.object({ tenant: z.string(), days: z.number(), sampledDays: z.number() });

/** What a table's definition does with the rows of a tenant. */
export interface AppliedDays {
  readonly days: number;
  /** Of sampled traces; as `days` elsewhere. */
  readonly sampledDays: number;
}

/** A table's own rule, as the server gives it. */
export interface AppliedRule {
  /** The TTL; undefined when rows are kept for ever. */
  readonly rule: string | undefined;
  /** By tenant, of those asked for; "" stands for all others. Empty without a rule. */
  readonly days: ReadonlyMap<string, AppliedDays>;
  readonly wholeParts: boolean;
  readonly recalculatesOnly: boolean;
  /** Whether parts that were there before still go by an older rule. */
  readonly unfinished: boolean;
  /** Why that does not get on; "" when it does. */
  readonly failure: string;
}

/** The rules of all tables that have an age limit, by table. What they mean for a tenant the server itself works out. */
export async function readAppliedRules(
  clickhouse: Pick<ClickHouse, "query">,
  tenants: readonly string[],
): Promise<ReadonlyMap<string, AppliedRule>> {
  const tables = KEPT_TABLES.map(({ name }) => name);
  const rows = await clickhouse.query(readRulesSql, { tables }, { schema: ruleRow });
  const rules = new Map<string, AppliedRule>();
  // Tables of a kind share their rule: it is worked out once.
  const evaluated = new Map<string, ReadonlyMap<string, AppliedDays>>();
  for (const { table, engine, unfinished, failure } of rows) {
    const rule = ruleIn(engine);
    const days = rule === undefined ? new Map() : (evaluated.get(rule) ?? (await evaluate(clickhouse, rule, tenants)));
    if (rule !== undefined) evaluated.set(rule, days);
    rules.set(table, {
      rule,
      days,
      wholeParts: /\bttl_only_drop_parts = 1\b/.test(engine),
      recalculatesOnly: /\bmaterialize_ttl_recalculate_only = 1\b/.test(engine),
      unfinished: unfinished > 0,
      failure,
    });
  }
  return rules;
}

async function evaluate(clickhouse: Pick<ClickHouse, "query">, rule: string, tenants: readonly string[]) {
  const sql = fill(evaluateRuleSql, { rule });
  const rows = await clickhouse.query(
    sql,
    { tenants: [...new Set([...tenants, ""])] },
    { schema: daysRow, settings: { readonly: 2 } },
  );
  return new Map(rows.map(({ tenant, ...days }) => [tenant, days]));
}

/** Whether a table's definition keeps the rows of a tenant exactly as long as asked for. */
export function keepsAsWanted(
  table: KeptTable,
  found: AppliedRule,
  { tenant, kept }: { readonly tenant: string; readonly kept: KeptDays },
): boolean {
  const applied = found.days.get(tenant);
  const days = table.days(kept);
  return applied?.days === days && applied.sampledDays === (table.sampledDays?.(kept) ?? days);
}
