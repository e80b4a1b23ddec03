import type { ReadBlock } from "@sightline/columns/read-blocks";
import { bigints } from "../query/block-columns.ts";

/** Rows of a block that follow each other and are of one series. */
export interface SampleRun {
  readonly fingerprint: bigint;
  readonly block: ReadBlock;
  readonly start: number;
  readonly end: number;
}

/** Cuts blocks of samples, which come ordered by series, at the ends of series. */
export function* sampleRuns(block: ReadBlock): Generator<SampleRun, undefined> {
  const values = bigints(block, "fingerprint");
  // Halves of the words: a bigint for each row would cost more than all the rest.
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let start = 0;
  for (let row = 1; row <= block.rows; row++) {
    const same = words[2 * row] === words[2 * start] && words[2 * row + 1] === words[2 * start + 1];
    if (row < block.rows && same) continue;
    yield { fingerprint: values[start] ?? 0n, block, start, end: row };
    start = row;
  }
}
