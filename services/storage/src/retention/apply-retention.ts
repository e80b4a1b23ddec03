import { readFileSync } from "node:fs";
import type { ClickHouse } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import type { Logger } from "@sightline/service/logger";
import { fill } from "../query/statement.ts";
import { KEPT_TABLES, type KeptTable, keptDaysOf, type WantedRetention } from "./kinds.ts";
import { type AppliedRule, keepsAsWanted, readAppliedRules } from "./read-rules.ts";
import { ruleOf } from "./rule.ts";

const keepRowsSql = readFileSync(new URL("./sql/keep-rows.sql", import.meta.url), "utf8");
const setPartHandlingSql = readFileSync(new URL("./sql/set-part-handling.sql", import.meta.url), "utf8");

export interface ApplyRetention {
  readonly clickhouse: ClickHouse;
  readonly wanted: WantedRetention;
  readonly sampledPercent: number;
  readonly log: Logger;
}

/**
 * Makes the tables keep their rows as long as asked for, where they do not. What counts is what the server says about
 * each table, before and after. A part that is there is not written anew: only the age at which it, or rows of it, go is
 * computed again (`materialize_ttl_recalculate_only`), in the background.
 *
 * @returns for each table that could not be changed, why
 * @throws AppError when the database does not answer
 */
export async function applyRetention(options: ApplyRetention): Promise<ReadonlyMap<string, string>> {
  const { clickhouse, wanted, log } = options;
  const failures = new Map<string, string>();
  const before = await readAppliedRules(clickhouse, [...wanted.tenants.keys()]);
  for (const table of KEPT_TABLES) {
    const found = before.get(table.name);
    if (found === undefined || isAsWanted(table, found, options)) continue;
    try {
      await changeRule(table, found, options);
      log.info({ table: table.name, days: table.days(wanted.defaults) }, "retention changed");
    } catch (thrown) {
      failures.set(table.name, AppError.from(thrown).message);
    }
  }
  const after = await readAppliedRules(clickhouse, [...wanted.tenants.keys()]);
  for (const table of KEPT_TABLES) {
    const found = after.get(table.name);
    if (failures.has(table.name) || (found !== undefined && isAsWanted(table, found, options))) continue;
    failures.set(table.name, `${table.name} does not say what was asked for: got "${found?.rule ?? "no such table"}"`);
  }
  for (const [table, reason] of failures) log.warn({ table, reason }, "retention could not be changed");
  return failures;
}

/** Also whether its parts go as a whole where they may: a rule for everybody must not cost what one for some does. */
function isAsWanted(table: KeptTable, found: AppliedRule, { wanted, sampledPercent }: ApplyRetention): boolean {
  const tenants = [...wanted.tenants.keys(), ""];
  return (
    found.wholeParts === ruleOf(table, wanted, sampledPercent).wholeParts &&
    tenants.every((tenant) => keepsAsWanted(table, found, { tenant, kept: keptDaysOf(wanted, tenant) }))
  );
}

async function changeRule(table: KeptTable, found: AppliedRule, options: ApplyRetention): Promise<void> {
  const { clickhouse, wanted, sampledPercent } = options;
  const { expression, wholeParts } = ruleOf(table, wanted, sampledPercent);
  const handling = fill(setPartHandlingSql, { wholeParts: wholeParts ? "1" : "0" });
  if (found.wholeParts !== wholeParts || !found.recalculatesOnly) {
    await clickhouse.command(handling, { table: table.name });
  }
  await clickhouse.command(fill(keepRowsSql, { rule: expression }), { table: table.name });
}
