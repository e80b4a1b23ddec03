import { readFileSync } from "node:fs";
import { z } from "zod";

const readProgressSql = readFileSync(new URL("./sql/read-progress.sql", import.meta.url), "utf8");

/** The statement that says how far rolling up is. */
export const progressStatement = {
  sql: readProgressSql,
  row: z.object({ name: z.enum(["5m", "1h", "late"]), untilSeconds: z.number() }),
};

/** Up to where, exclusive, seconds since the Unix epoch; undefined before the first time. */
export interface RollupProgress {
  readonly fiveMinutes: number | undefined;
  readonly hours: number | undefined;
  /** Up to where whole days have been looked through for samples that came late. */
  readonly late: number | undefined;
}

export function progressOf(rows: readonly z.infer<typeof progressStatement.row>[]): RollupProgress {
  const until = (wanted: string) => rows.find(({ name }) => name === wanted)?.untilSeconds;
  return { fiveMinutes: until("5m"), hours: until("1h"), late: until("late") };
}
