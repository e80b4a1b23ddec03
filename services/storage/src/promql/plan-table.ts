import { quote } from "@sightline/gotext/quote";
import type { SelectHints, SelectionNotes } from "@sightline/query/promql/source";
import { FIVE_MINUTES, HOUR } from "../rollup/spans.ts";
import { foldOf } from "./folds.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { LONG_MS, planReads, type ReadPlan } from "./read-plan.ts";
import type { StoredSeries } from "./read-series.ts";
import type { SampleTable } from "./sample-tables.ts";

export interface TablePlanQuestion {
  readonly table: SampleTable;
  readonly selection: { readonly startMs: number; readonly endMs: number; readonly hints: SelectHints };
  /** Those of the table. */
  readonly series: readonly StoredSeries[];
  readonly tenant: string;
  readonly signal: AbortSignal;
}

/** Where the samples of a table are read. */
export async function planTable(rollups: KnownRollups, question: TablePlanQuestion): Promise<ReadPlan> {
  const { table, selection, series, tenant, signal } = question;
  const { startMs, endMs, hints } = selection;
  const kept = rollups.keptFrom(tenant);
  if (isReadFromSamples(selection, kept)) {
    return { reads: [{ afterMs: startMs - 1, untilMs: endMs, width: null }], isExact: true };
  }
  const { numbers, distributions } = await rollups.progress(signal);
  const isOfNumbers = table.name === "metrics_samples";
  return planReads({
    ...selection,
    ...kept,
    progress: isOfNumbers ? numbers : distributions,
    isFoldable: isOfNumbers ? foldOf(hints) !== null : areKept(hints, series),
  });
}

/** Whether a selection is answered from all of its samples, whatever it is asked for. */
export function isReadFromSamples(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  { samplesFromMs }: { readonly samplesFromMs: number },
): boolean {
  return endMs - startMs < LONG_MS - 1 && startMs > samplesFromMs;
}

/** What the rows that are kept of totals tell as all of them would … */
const OF_TOTALS: ReadonlySet<string> = new Set([
  "rate",
  "increase",
  "delta",
  "resets",
  "count_over_time",
  "last_over_time",
  "first_over_time",
  "present_over_time",
  "absent_over_time",
  "ts_of_last_over_time",
  "ts_of_first_over_time",
]);
/** … and the sums of deltas as each of these. */
const OF_DELTAS: ReadonlySet<string> = new Set(["rate", "increase", "sum_over_time", "count_over_time"]);

function areKept({ rangeMs, function: name }: SelectHints, series: readonly StoredSeries[]): boolean {
  return series.every(({ type, isDelta }) => {
    if (isDelta) return rangeMs > 0 && OF_DELTAS.has(name);
    // The quantiles of a summary go down as they like.
    return rangeMs === 0 || (OF_TOTALS.has(name) && !(type === "summary" && name === "resets"));
  });
}

/** Says what was answered from buckets. */
export function tellOfBuckets({ reads, isExact }: ReadPlan, metrics: readonly string[], notes: SelectionNotes): void {
  const [only] = metrics;
  const named = only === undefined || metrics.length > 1 ? "" : ` for metric name ${quote(only)}`;
  for (const { width, untilMs } of reads) {
    if (width === null) continue;
    const until = new Date(untilMs).toISOString().replace(".000Z", "Z");
    if (isExact) notes.inform(`answered from rollups of ${widthName(width)} up to ${until}${named}`);
    else {
      const problem = `samples up to ${until} are no longer kept`;
      notes.warn(`${problem}: answered from rollups of ${widthName(width)} as nearly as they can say${named}`);
    }
  }
}

function widthName(width: number): string {
  return (
    new Map([
      [HOUR, "1h"],
      [FIVE_MINUTES, "5m"],
    ]).get(width) ?? `${width}s`
  );
}
