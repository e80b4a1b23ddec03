import type { ReadBlock } from "@sightline/columns/read-blocks";
import { bigints } from "../query/block-columns.ts";
import type { FingerprintMap } from "./fingerprint-map.ts";
import { wordsOf } from "./words.ts";

/** Rows of a block that follow each other and are of one series. */
export interface SampleRun {
  readonly block: ReadBlock;
  readonly start: number;
  readonly end: number;
}

interface RunOf<Series> extends SampleRun {
  readonly of: Series;
}

/** Cuts blocks of samples, which come ordered by series, at the ends of series; leaves out those of series that nobody knows. */
export function* sampleRuns<Series>(
  block: ReadBlock,
  known: FingerprintMap<Series>,
): Generator<RunOf<Series>, undefined> {
  const words = wordsOf(bigints(block, "fingerprint"));
  let start = 0;
  for (let row = 1; row <= block.rows; row++) {
    const same = words[2 * row] === words[2 * start] && words[2 * row + 1] === words[2 * start + 1];
    if (row < block.rows && same) continue;
    const series = known.get(words, start);
    if (series !== undefined) yield { of: series, block, start, end: row };
    start = row;
  }
}
