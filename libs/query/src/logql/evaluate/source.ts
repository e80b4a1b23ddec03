import type { LineRead, PaneRead } from "../plan/log-plan.ts";
import type { Labels } from "../stages/line.ts";

/**
 * Lines as columns; the n-th of each belong together. The engine works a chunk off at once, so that one should have some thousand lines; it
 * keeps nothing of it but texts and labels that it answers.
 */
export interface LineChunk {
  /** The streams of this chunk. The same object for the same stream is quickest. */
  readonly streams: readonly Labels[];
  /** Which of them each line is of. */
  readonly streamOf: ArrayLike<number>;
  readonly timestampsNs: ArrayLike<bigint>;
  /** Empty texts where the reading does not need them. */
  readonly texts: ArrayLike<string>;
  readonly metadata: ArrayLike<Labels | null>;
}

/** Counts as columns: of a series, in a pane. */
export interface PaneChunk {
  readonly series: readonly { readonly stream: Labels; readonly metadata: Labels | null }[];
  readonly seriesOf: ArrayLike<number>;
  readonly panes: ArrayLike<number>;
  readonly lines: ArrayLike<number>;
  /** Bytes of the lines in UTF-8; looked at only where bytes are measured. */
  readonly bytes: ArrayLike<number>;
}

/**
 * Where the engine gets its data. Each reading is asked for once and read to its end, or left when enough was read, by ending the
 * iteration. The source applies the tenant, its own limits and the signal; what it throws the query throws.
 */
export interface LogSource {
  lines(read: LineRead, signal: AbortSignal): AsyncIterable<LineChunk>;
  panes(read: PaneRead, signal: AbortSignal): AsyncIterable<PaneChunk>;
}
