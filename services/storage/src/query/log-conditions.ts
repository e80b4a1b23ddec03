import { readFileSync } from "node:fs";
import type { z } from "zod";
import { MAX_ATTRIBUTES } from "./bounds.ts";
import type { Statement } from "./reader.ts";
import { fill } from "./statement.ts";

const conditionsSql = readFileSync(new URL("./sql/log-conditions.sql", import.meta.url), "utf8");
const mayHaveSql = readFileSync(new URL("./sql/log-may-have.sql", import.meta.url), "utf8");
const hasSql = readFileSync(new URL("./sql/log-has.sql", import.meta.url), "utf8");

/** How many attributes a request asks for is what its statements differ in: conditions on maps are slow to analyse. */
export type LogStatements<T> = (attributes: readonly string[]) => Statement<T>;

/**
 * Makes statements over log records.
 *
 * @param template has `{{conditions}}`, from PREWHERE on to conditions of WHERE, which more may follow
 */
export function logStatements<T>(
  template: string,
  texts: Readonly<Record<string, string>>,
  row: z.ZodType<T>,
): LogStatements<T> {
  const made = Array.from({ length: MAX_ATTRIBUTES + 1 }, (_, attributes) => ({
    sql: fill(template, { ...texts, conditions: conditionsOn(attributes) }),
    row,
  }));
  return ({ length }) => {
    const statement = made[length];
    if (statement === undefined) throw new Error(`cannot ask for ${length} attributes`);
    return statement;
  };
}

function conditionsOn(attributes: number): string {
  const each = (sql: string) =>
    Array.from({ length: attributes }, (_, index) => fill(sql, { at: String(index + 1) })).join("\n");
  return fill(conditionsSql, { mayHave: each(mayHaveSql), has: each(hasSql) });
}
