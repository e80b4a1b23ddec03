import { createBreath } from "../../breath.ts";
import type { LabelMatcher, RangeAggregation } from "../ast.ts";
import type { Grid, LineRead, PaneRead, RangeRead } from "../plan/log-plan.ts";
import type { Labels } from "../stages/line.ts";
import type { Accumulator } from "./accumulator.ts";
import { createAccumulators } from "./accumulators.ts";
import { type Budget, type LogqlStatistics, tooManySeries } from "./limits.ts";
import { createSampleReader, type SampleReader } from "./samples.ts";
import { createSeries, labelsKey, type Series, sortedLabels } from "./series.ts";
import type { LogSource } from "./source.ts";
import { createWindows, type Windows } from "./windows.ts";

/** What evaluating needs besides the plan. */
export interface RangeOptions {
  readonly source: LogSource;
  readonly grid: Grid;
  readonly budget: Budget;
  readonly statistics: LogqlStatistics;
  readonly nowNs: bigint;
  readonly signal: AbortSignal;
}

interface Gathering {
  readonly reader: SampleReader;
  readonly windows: Windows;
  readonly series: Map<string, { readonly labels: Labels; readonly accumulator: Accumulator }>;
  /** The same accumulators by the quick keys of their series. */
  readonly quick: Map<string, Accumulator>;
  readonly createAccumulator: () => Accumulator;
}

/** The value of a range function at every point of the grid. Memory is by series and points, not by lines. */
export async function evaluateRange(planned: RangeRead, options: RangeOptions): Promise<Series[]> {
  const { aggregation, grouping, read } = planned;
  const { range, operation } = aggregation;
  const windows = createWindows(options.grid, range.intervalNs, range.offsetNs);
  const gathering: Gathering = {
    reader: createSampleReader({ aggregation, grouping, nowNs: options.nowNs }),
    windows,
    series: new Map(),
    quick: new Map(),
    createAccumulator: createAccumulators(aggregation, windows, options.budget),
  };
  if (read.type === "lines") await gatherLines(gathering, read, options);
  else await gatherPanes(gathering, read, options);
  const result = [...gathering.series.values()].map(({ labels, accumulator }) => {
    const series = createSeries(labels, windows.steps);
    accumulator.finish(series);
    return series;
  });
  return operation === "absent_over_time" ? absent(aggregation, result, windows.steps) : result;
}

async function gatherLines(gathering: Gathering, read: LineRead, options: RangeOptions): Promise<void> {
  const { reader, windows } = gathering;
  const { statistics, signal } = options;
  const breathe = createBreath(signal);
  for await (const chunk of options.source.lines(read, signal)) {
    signal.throwIfAborted();
    for (let at = 0; at < chunk.streamOf.length; at++) {
      const breath = breathe();
      if (breath !== undefined) await breath;
      const timestampNs = chunk.timestampsNs[at] ?? 0n;
      const moment = windows.relative(timestampNs);
      if (windows.first(moment) > windows.last(moment)) continue;
      const text = chunk.texts[at] ?? "";
      const stream = chunk.streams[chunk.streamOf[at] ?? 0] ?? noLabels;
      statistics.lines++;
      statistics.characters += text.length;
      if (!reader.read({ timestampNs, text, stream, metadata: chunk.metadata[at] ?? null })) continue;
      reader.checkError();
      seriesOf(gathering, options.budget).add(moment, reader.value());
    }
  }
}

const noLabels: Labels = new Map();

/** How many quick keys are remembered, and of what length at most. */
const maxQuickKeys = 20_000;
const maxQuickKeyLength = 4096;

function seriesOf(gathering: Gathering, budget: Budget): Accumulator {
  const { reader, series, quick, windows } = gathering;
  const quickKey = reader.quickKey();
  const known = quick.get(quickKey);
  if (known !== undefined) return known;
  const labels = reader.labels();
  const key = labelsKey(labels);
  let one = series.get(key);
  if (one === undefined) {
    budget.takeCells(windows.steps + Math.ceil(key.length / 8));
    one = { labels, accumulator: gathering.createAccumulator() };
    series.set(key, one);
  }
  if (quickKey.length <= maxQuickKeyLength) {
    if (quick.size >= maxQuickKeys) quick.clear();
    quick.set(quickKey, one.accumulator);
  }
  return one.accumulator;
}

/** A pane lies in a window as a whole or not at all, so that its end stands for all of its lines. */
async function gatherPanes(gathering: Gathering, read: PaneRead, options: RangeOptions): Promise<void> {
  const { reader, windows } = gathering;
  const { budget, signal } = options;
  for await (const chunk of options.source.panes(read, signal)) {
    signal.throwIfAborted();
    for (let at = 0; at < chunk.seriesOf.length; at++) {
      const series = chunk.series[chunk.seriesOf[at] ?? 0];
      const lines = chunk.lines[at] ?? 0;
      const moment = (chunk.panes[at] ?? 0) * read.paneNs - windows.rangeNs;
      if (series === undefined || lines === 0 || windows.first(moment) > windows.last(moment)) continue;
      options.statistics.lines += lines;
      // The stages were the database's: the reader only names the series.
      reader.fill({ timestampNs: 0n, text: "", ...series });
      seriesOf(gathering, budget).add(moment, chunk.bytes[at] ?? 0, lines);
    }
  }
}

/** The series that is there where no other is. Its labels are what the selector says they have to be. */
function absent({ range }: RangeAggregation, present: readonly Series[], steps: number): Series[] {
  const series = createSeries(absentLabels(range.log.matchers), steps);
  for (let step = 0; step < steps; step++) {
    if (present.some((other) => other.present[step] === 1)) continue;
    series.values[step] = 1;
    series.present[step] = 1;
  }
  return series.present.includes(1) ? [series] : [];
}

function absentLabels(matchers: readonly LabelMatcher[]): Labels {
  const known = matchers.filter(({ name, operator }) => {
    const sameName = matchers.filter((other) => other.name === name);
    return operator === "=" && sameName.length === 1;
  });
  return sortedLabels(known.map(({ name, value }) => [name, value] as const));
}

/** Fails where an answer has more series than it may. */
export function checkSeries(series: readonly Series[], { limits }: Budget): void {
  if (series.length > limits.maxSeries) throw tooManySeries(limits.maxSeries);
}
