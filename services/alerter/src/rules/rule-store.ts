import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Sql } from "@sightline/postgres/pool";
import { Rule as RuleMessage } from "@sightline/proto/sightline/alert/v1/alert_service";
import { z } from "zod";
import { nanosOfDate } from "../alerts/alert.ts";
import { refuse } from "./rule-limits.ts";

const listRulesSql = readFileSync(new URL("./sql/list-rules.sql", import.meta.url), "utf8");
const listEnabledRulesSql = readFileSync(new URL("./sql/list-enabled-rules.sql", import.meta.url), "utf8");
const rulesVersionSql = readFileSync(new URL("./sql/rules-version.sql", import.meta.url), "utf8");
const findRuleSql = readFileSync(new URL("./sql/find-rule.sql", import.meta.url), "utf8");
const countRulesSql = readFileSync(new URL("./sql/count-rules.sql", import.meta.url), "utf8");
const insertRuleSql = readFileSync(new URL("./sql/insert-rule.sql", import.meta.url), "utf8");
const updateRuleSql = readFileSync(new URL("./sql/update-rule.sql", import.meta.url), "utf8");
const deleteRuleSql = readFileSync(new URL("./sql/delete-rule.sql", import.meta.url), "utf8");
const deleteRuleChannelsSql = readFileSync(new URL("./sql/delete-rule-channels.sql", import.meta.url), "utf8");
const insertRuleChannelsSql = readFileSync(new URL("./sql/insert-rule-channels.sql", import.meta.url), "utf8");
const missingChannelsSql = readFileSync(new URL("./sql/missing-channels.sql", import.meta.url), "utf8");
const forgetWindowsSql = readFileSync(new URL("./sql/forget-windows.sql", import.meta.url), "utf8");
const recordEvaluationSql = readFileSync(new URL("./sql/record-evaluation.sql", import.meta.url), "utf8");

const ruleRow = z
  .object({
    tenant: z.string(),
    definition: z.instanceof(Buffer),
    last_evaluated_at: z.date().nullable(),
    last_error: z.string(),
  })
  .transform((row) => ({
    tenant: row.tenant,
    rule: {
      ...RuleMessage.decode(row.definition),
      lastEvaluatedUnixNano: nanosOfDate(row.last_evaluated_at),
      lastError: row.last_error,
    },
  }));

/** A rule as it is kept, with its tenant. */
export type KeptRule = Readonly<z.infer<typeof ruleRow>>;

const countRow = z.object({ count: z.number() });
const nameRow = z.object({ name: z.string() });

/** The tenant's rules by name. */
export async function listRules(sql: Sql, tenant: string): Promise<RuleMessage[]> {
  return (await sql.query(listRulesSql, [tenant], ruleRow)).map(({ rule }) => rule);
}

/** The enabled rules of all tenants. */
export function listEnabledRules(sql: Sql): Promise<KeptRule[]> {
  return sql.query(listEnabledRulesSql, [], ruleRow);
}

const versionRow = z.object({ version: z.string() });

/** Another text whenever a rule of any tenant was put or deleted. */
export async function rulesVersion(sql: Sql): Promise<string> {
  const [row] = await sql.query(rulesVersionSql, [], versionRow);
  return row?.version ?? "";
}

/** One rule, held until the transaction ends. Throws not_found. */
export async function findRule(tx: Sql, tenant: string, ruleId: string): Promise<RuleMessage> {
  const [row] = await tx.query(findRuleSql, [tenant, ruleId], ruleRow);
  if (row === undefined) throw ruleNotFound(ruleId);
  return row.rule;
}

export async function countRules(sql: Sql, tenant: string): Promise<number> {
  const [row] = await sql.query(countRulesSql, [tenant], countRow);
  return row?.count ?? 0;
}

export interface PutOptions {
  readonly tenant: string;
  readonly nowMs: number;
}

/** Keeps a new rule. Throws already_exists when the name is taken, invalid_argument for a channel that is not there. */
export async function insertRule(tx: Sql, rule: RuleMessage, { tenant, nowMs }: PutOptions): Promise<void> {
  await assertChannels(tx, tenant, rule.channels);
  await withNameOf(rule, () => tx.execute(insertRuleSql, paramsOf(rule, tenant, nowMs)));
  await tx.execute(insertRuleChannelsSql, [tenant, rule.ruleId, rule.channels]);
}

/** Keeps a rule in place of the one of its id. Throws as `insertRule`. */
export async function updateRule(tx: Sql, rule: RuleMessage, { tenant, nowMs }: PutOptions): Promise<void> {
  await assertChannels(tx, tenant, rule.channels);
  await withNameOf(rule, () => tx.execute(updateRuleSql, paramsOf(rule, tenant, nowMs)));
  await tx.execute(deleteRuleChannelsSql, [tenant, rule.ruleId]);
  await tx.execute(insertRuleChannelsSql, [tenant, rule.ruleId, rule.channels]);
}

/** Throws not_found. Its alerts stay open; the evaluator ends them. */
export async function deleteRule(sql: Sql, tenant: string, ruleId: string): Promise<void> {
  if ((await sql.execute(deleteRuleSql, [tenant, ruleId])) === 0) throw ruleNotFound(ruleId);
}

/** Forgets the events that the rule has counted. */
export async function forgetWindows(sql: Sql, tenant: string, ruleId: string): Promise<void> {
  await sql.execute(forgetWindowsSql, [tenant, ruleId]);
}

export interface Evaluation {
  readonly tenant: string;
  readonly ruleIds: readonly string[];
  readonly atMs: number;
  /** Why it failed; "" when it did not. */
  readonly error: string;
}

/** Notes when rules were evaluated, and what came of it. */
export async function recordEvaluation(sql: Sql, { tenant, ruleIds, atMs, error }: Evaluation): Promise<void> {
  await sql.execute(recordEvaluationSql, [tenant, [...ruleIds], new Date(atMs), error.slice(0, 1000)]);
}

function paramsOf(rule: RuleMessage, tenant: string, nowMs: number): unknown[] {
  const definition = Buffer.from(RuleMessage.encode(rule).finish());
  return [tenant, rule.ruleId, rule.name, rule.enabled, definition, new Date(nowMs)];
}

async function assertChannels(tx: Sql, tenant: string, channels: readonly string[]): Promise<void> {
  const [missing] = await tx.query(missingChannelsSql, [tenant, [...channels]], nameRow);
  if (missing !== undefined) throw refuse("channels", `the unknown channel ${missing.name}`, "names of channels");
}

async function withNameOf(rule: RuleMessage, put: () => Promise<unknown>): Promise<void> {
  try {
    await put();
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (error.code !== "already_exists") throw error;
    throw new AppError("already_exists", `cannot keep rule: name: another rule is called ${rule.name}`, {
      cause: error,
    });
  }
}

function ruleNotFound(ruleId: string): AppError {
  return new AppError("not_found", `cannot find rule ${ruleId}: there is none of that id`);
}
