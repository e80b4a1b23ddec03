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
      const fillTimes = createTimesFilling(startMs);
      const fillValues = createValuesFilling(runsOf.values());
      const joined = new Map<number, Floats>();
      for (const [series, runs] of runsOf) {
        const ordered = inOrder(runs);
        joined.set(series, { times: fillTimes(ordered), values: fillValues(ordered) });
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

/** How many times are written to memory that lies together, at least: arrays for each series would cost more than to fill them. */
const TIMES_TOGETHER = 65_536;

/**
 * Writes the times of runs. What is scraped together has its times together: series with equal times get the same array, as many as
 * there are of a target, so that who looks at one has looked at all of them.
 */
function createTimesFilling(startMs: number): (runs: readonly Run[]) => Float64Array {
  const byFirst = new Map<number, Float64Array>();
  let room = new Float64Array(0);
  return (runs) => {
    const count = countOf(runs);
    const [earliest] = runs;
    const first = earliest === undefined ? 0 : firstTime(earliest);
    const known = byFirst.get(first);
    if (known !== undefined && known.length === count && areTimes(known, runs, startMs)) return known;
    if (room.length < count) room = new Float64Array(Math.max(TIMES_TOGETHER, count));
    const times = room.subarray(0, count);
    room = room.subarray(count);
    let to = 0;
    for (const run of runs) to = writeTimes(run, { times, startMs }, to);
    byFirst.set(first, times);
    return times;
  };
}

function areTimes(times: Float64Array, runs: readonly Run[], startMs: number): boolean {
  let at = 0;
  for (const { rows, start, end } of runs) {
    const since = rows.times;
    for (let row = start; row < end; row++) if (times[at++] !== startMs + (since[row] ?? 0)) return false;
  }
  return true;
}

function countOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Writes the values of runs to memory that lies together; those of a single run stay where they are. */
function createValuesFilling(all: Iterable<readonly Run[]>): (runs: readonly Run[]) => Float64Array {
  let copied = 0;
  for (const runs of all) if (runs.length > 1) copied += countOf(runs);
  const values = new Float64Array(copied);
  const words = wordsOf(values);
  let to = 0;
  return (runs) => {
    const [only] = runs;
    if (only !== undefined && runs.length === 1) return only.rows.values.subarray(only.start, only.end);
    const from = to;
    for (const run of runs) to = writeValues(run, words, to);
    return values.subarray(from, to);
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
