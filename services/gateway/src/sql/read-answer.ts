import { AppError } from "@sightline/errors/app-error";
import type { QuerySqlResponse, SqlColumn, SqlStatistics } from "@sightline/proto/sightline/query/v1/sql_service";
import { firstOfAll } from "../http/first-of-all.ts";

/** An answer to SQL, of which the rows may still be on their way. */
export interface SqlAnswer {
  readonly columns: readonly SqlColumn[];
  /** Rows as arrays in JSON, some at a time. */
  readonly rows: AsyncIterable<readonly string[]>;
  /** Once all rows have been read. */
  statistics(): SqlStatistics | undefined;
  /** Once all rows have been read: what WITH TOTALS adds, as a row; "" without. */
  totals(): string;
}

/** Waits for the columns: what is wrong with a statement most often shows before them. Throws what the messages throw. */
export async function readAnswer(messages: AsyncIterable<QuerySqlResponse>): Promise<SqlAnswer> {
  const { first, all } = await firstOfAll(messages);
  if (first === undefined) throw new AppError("internal", "cannot answer the statement: got no message");
  let statistics: SqlStatistics | undefined;
  let totals = "";
  async function* rows(): AsyncGenerator<readonly string[]> {
    for await (const message of all) {
      ({ statistics, totals } = message);
      if (message.rows.length > 0) yield message.rows;
    }
  }
  return { columns: first.columns, rows: rows(), statistics: () => statistics, totals: () => totals };
}
