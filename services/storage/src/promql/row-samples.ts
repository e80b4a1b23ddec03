import { readFileSync } from "node:fs";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import type { FingerprintMap } from "./fingerprint-map.ts";
import { type SampleBudget, takeFrom } from "./sample-budget.ts";
import { type SampleRun, sampleRuns } from "./sample-runs.ts";
import type { SampleTable } from "./sample-tables.ts";

const samplesSql = readFileSync(new URL("./sql/samples.sql", import.meta.url), "utf8");

export interface RowsQuestion<Series> {
  readonly table: Pick<SampleTable, "name" | "columns">;
  /** Which samples: tenant, metrics, times and conditions. */
  readonly params: Params;
  /** In SQL, "" where all series of the metrics are. */
  readonly selected: string;
  /** Samples of other series are left out. */
  readonly byFingerprint: FingerprintMap<Series>;
  /** Takes rows of a series, in the order of time. */
  readonly take: (series: Series, run: SampleRun) => void;
  readonly budget: SampleBudget;
  readonly context: ReadContext;
}

/** Reads samples that are rows of several columns. */
export async function readRows<Series>(
  reader: Pick<Reader, "readColumns">,
  { table, params, selected, byFingerprint, take, budget, context }: RowsQuestion<Series>,
): Promise<void> {
  const sql = fill(samplesSql, { table: table.name, columns: table.columns, selected });
  for await (const block of reader.readColumns(sql, params, context)) {
    takeFrom(budget, block.rows);
    for (const run of sampleRuns(block, byFingerprint)) take(run.of, run);
  }
}
