import type { Codes } from "@sightline/columns/read-blocks";
import { type Words, wordsOf } from "./words.ts";

/** Rows of a block that are samples. */
export interface FloatRows {
  /** Which series each code of the block stands for; negative where it is none that is asked for. */
  readonly seriesOfCode: Int32Array;
  readonly codes: Codes;
  /** Milliseconds since the start of the selection. */
  readonly times: ArrayLike<number>;
  readonly values: Float64Array;
  /** The words of the values. */
  readonly words: Words;
}

export interface Floats {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * Puts the samples of each series together, in one pass behind the last block: they come in runs of rows of one series, each in the
 * order of time, but the runs in any order.
 */
export interface FloatRuns {
  add(rows: FloatRows): void;
  /** The samples of each series, by its number; of those that have any. A time may be in them twice, or out of order where runs overlap. */
  join(startMs: number): Map<number, Floats>;
}

interface Run {
  readonly rows: FloatRows;
  readonly start: number;
  readonly end: number;
}

export function createFloatRuns(): FloatRuns {
  const runsOf = new Map<number, Run[]>();
  return {
    add(rows) {
      const { codes, seriesOfCode } = rows;
      for (let start = 0; start < codes.length; ) {
        const code = codes[start] ?? 0;
        let end = start + 1;
        while (end < codes.length && codes[end] === code) end++;
        const series = seriesOfCode[code] ?? -1;
        if (series >= 0) {
          const run = { rows, start, end };
          const others = runsOf.get(series);
          if (others === undefined) runsOf.set(series, [run]);
          else others.push(run);
        }
        start = end;
      }
    },
    join(startMs) {
      const filling = createFilling(runsOf.values(), startMs);
      const joined = new Map<number, Floats>();
      for (const [series, runs] of runsOf) {
        const ordered = inOrder(runs);
        joined.set(series, { times: filling.times(ordered), values: filling.values(ordered) });
      }
      return joined;
    },
  };
}

function firstTime({ rows, start }: Run): number {
  return rows.times[start] ?? 0;
}

function inOrder(runs: Run[]): readonly Run[] {
  for (let at = 1; at < runs.length; at++) {
    const [before, run] = [runs[at - 1], runs[at]];
    if (before !== undefined && run !== undefined && firstTime(before) > firstTime(run)) {
      return runs.sort((a, b) => firstTime(a) - firstTime(b));
    }
  }
  return runs;
}

/** Writes the samples of runs to memory that lies together: arrays for each series would cost more than to fill them. */
function createFilling(all: Iterable<readonly Run[]>, startMs: number) {
  let rows = 0;
  let copied = 0;
  for (const runs of all) {
    const count = runs.reduce((sum, { start, end }) => sum + end - start, 0);
    rows += count;
    if (runs.length > 1) copied += count;
  }
  const times = new Float64Array(rows);
  const values = new Float64Array(copied);
  const words = wordsOf(values);
  let timesTo = 0;
  let valuesTo = 0;
  return {
    times(runs: readonly Run[]): Float64Array {
      const from = timesTo;
      for (const run of runs) timesTo = writeTimes(run, { times, startMs }, timesTo);
      return times.subarray(from, timesTo);
    },
    /** Those of a single run stay where they are. */
    values(runs: readonly Run[]): Float64Array {
      const [only] = runs;
      if (only !== undefined && runs.length === 1) return only.rows.values.subarray(only.start, only.end);
      const from = valuesTo;
      for (const run of runs) valuesTo = writeValues(run, words, valuesTo);
      return values.subarray(from, valuesTo);
    },
  };
}

/** Answers where the next time goes. */
function writeTimes(
  { rows, start, end }: Run,
  { times, startMs }: { readonly times: Float64Array; readonly startMs: number },
  to: number,
): number {
  const since = rows.times;
  for (let row = start; row < end; row++) times[to + row - start] = startMs + (since[row] ?? 0);
  return to + end - start;
}

/** As words: as numbers they would lose the bits of a NaN that says that the series ended. Answers where the next value goes. */
function writeValues({ rows, start, end }: Run, words: Words, to: number): number {
  const source = rows.words;
  const shift = 2 * (to - start);
  for (let word = 2 * start; word < 2 * end; word++) words[shift + word] = source[word] ?? 0;
  return to + end - start;
}
