import { invalid } from "@sightline/errors/app-error";
import type { Grouping, RangeAggregation, Unwrap } from "../ast.ts";
import { eachLabel } from "../stages/formats.ts";
import { createLabelFilter, readers } from "../stages/label-filter.ts";
import {
  createLine,
  ERROR_LABEL,
  fillLine,
  getLabel,
  LINE_ERRORS,
  type Line,
  type StoredLine,
  setError,
  type WantedLabels,
} from "../stages/line.ts";
import { createPipeline, filterLabels, labelsWanted } from "../stages/pipeline.ts";
import { createProbe } from "../stages/probe.ts";
import { printLabels, sortedLabels } from "./series.ts";
import { createSeriesNames, type SeriesNames } from "./series-names.ts";

/** What a range function takes from a line: a value, and the labels of the series that it belongs to. */
export interface SampleReader extends SeriesNames {
  /** Runs the pipeline. Answers false where the line gives no sample. */
  read(stored: StoredLine): boolean;
  /** Takes the labels of a line for which the pipeline need not run. */
  fill(stored: StoredLine): void;
  /** Of the line that was read last: its value. */
  value(): number;
  /** Throws invalid_argument where the line has an error that the query did not ask for. */
  checkError(): void;
}

/** Of which function samples are read, and by which labels they are told apart. */
export interface SampleReaderOptions {
  readonly aggregation: RangeAggregation;
  readonly grouping: Grouping | null;
  readonly nowNs: bigint;
}

/** Makes the reader of a range function. Throws invalid_argument when a stage cannot be made. */
export function createSampleReader({ aggregation, grouping, nowNs }: SampleReaderOptions): SampleReader {
  const { range, operation } = aggregation;
  const { unwrap } = range;
  const pipeline = createPipeline(range.log, nowNs);
  const line = createLine(wantedLabels(aggregation, grouping), wantsErrors(aggregation));
  const countsBytes = operation === "bytes_over_time" || operation === "bytes_rate";
  const unwrapped = unwrap === null ? null : createUnwrap(unwrap);
  // Whether anything is there is one question, whatever its labels.
  const named = operation === "absent_over_time" ? { without: false, labels: [] } : grouping;
  const names = createSeriesNames(line, { grouping: named, excluded: unwrap === null ? [] : [unwrap.label] });
  // Where only some labels are looked at they are all that parsers extract anyway.
  const probe = line.wanted === null ? createProbe(range.log, nowNs) : null;
  let value = 1;
  return {
    fill: (stored) => fillLine(line, stored),
    read(stored) {
      if (probe !== null && !probe(stored)) return false;
      fillLine(line, stored);
      if (!pipeline(line)) return false;
      if (unwrapped !== null) {
        const found = unwrapped(line);
        if (found === undefined) return false;
        value = found;
      } else if (countsBytes) value = Buffer.byteLength(line.text);
      return true;
    },
    value: () => value,
    ...names,
    checkError() {
      if (line.error === "" || line.isErrorWanted) return;
      throw invalid(
        `pipeline error: '${line.error}' for series: '${printLabels(sortedLabels(eachLabel(line)))}'.\n` +
          `Use a label filter to intentionally skip this error. (e.g | __error__!="${line.error}").\n` +
          `To skip all potential errors you can match empty errors.(e.g __error__="")\n` +
          `The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n`,
      );
    },
  };
}

/** Whether the query looks at `__error__`, so that lines with errors do not make it fail. */
function wantsErrors({ range }: RangeAggregation): boolean {
  const inStages = range.log.stages.flatMap((stage) =>
    stage.type === "label_filter" ? filterLabels(stage.filter) : [],
  );
  return [...inStages, ...(range.unwrap?.filters ?? []).flatMap(filterLabels)].includes(ERROR_LABEL);
}

/** The labels that anybody looks at: stages, the value, and the grouping if it says which. */
function wantedLabels({ range }: RangeAggregation, grouping: Grouping | null): WantedLabels {
  if (grouping === null || grouping.without) return null;
  const unwrapped = range.unwrap === null ? [] : [range.unwrap.label, ...range.unwrap.filters.flatMap(filterLabels)];
  return labelsWanted(range.log.stages, [...grouping.labels, ...unwrapped]);
}

/** The value of a line, 0 where it cannot be read, which is an error of the line; undefined where there is none. */
function createUnwrap({ label, conversion, filters }: Unwrap): (line: Line) => number | undefined {
  const read = readers[conversion === null ? "number" : conversion === "bytes" ? "bytes" : "duration"];
  const unit = conversion === null || conversion === "bytes" ? 1 : 1e9;
  const tests = filters.map(createLabelFilter);
  return (line) => {
    const text = getLabel(line, label) ?? "";
    if (text === "") return undefined;
    const found = read(text);
    if (typeof found === "string") setError(line, LINE_ERRORS.unwrap, found);
    for (const test of tests) if (!test(line)) return undefined;
    return typeof found === "string" ? 0 : found / unit;
  };
}
