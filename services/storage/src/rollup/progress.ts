import { readFileSync } from "node:fs";
import { z } from "zod";
import { fill } from "../query/statement.ts";
import { DISTRIBUTIONS, NUMBERS, type RollupGroup } from "./sources.ts";

const readProgressSql = readFileSync(new URL("./sql/read-progress.sql", import.meta.url), "utf8");

const progressRow = z.object({ name: z.string(), untilSeconds: z.number() });

/** The statement that says how far rolling up is. */
export function progressStatement({ progressTable }: RollupGroup) {
  return { sql: fill(readProgressSql, { progress: progressTable }), row: progressRow };
}

export const numbersProgress = progressStatement(NUMBERS);
export const distributionsProgress = progressStatement(DISTRIBUTIONS);

/** Up to where, exclusive, seconds since the Unix epoch; undefined before the first time. */
export interface RollupProgress {
  readonly fiveMinutes: number | undefined;
  readonly hours: number | undefined;
}

export function progressOf(rows: readonly z.infer<typeof progressRow>[]): RollupProgress {
  const until = (wanted: string) => rows.find(({ name }) => name === wanted)?.untilSeconds;
  return { fiveMinutes: until("5m"), hours: until("1h") };
}
