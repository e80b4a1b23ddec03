import type { LabelMatcher } from "./ast.ts";
import type { SampledSeries } from "./samples.ts";

/** What is done with the samples that are asked for: a source may answer less than all of them where that comes to the same. */
export interface SelectHints {
  /** The step of the query or of the subquery around the selector, 0 where there is none. */
  readonly stepMs: number;
  /** The selector's range, 0 for an instant one. */
  readonly rangeMs: number;
  /**
   * How long a sample counts, before the end of the selection and before each step before that: the range, or the lookback of an
   * instant selector. Null where it is not as simple (`anchored`, `smoothed`): then all samples are wanted as they are.
   */
  readonly windowMs: number | null;
  /** The function or aggregation that the selector stands in, "" where there is none. */
  readonly function: string;
  /** The labels that the aggregation right around it keeps (or drops); null where there is none. */
  readonly grouping: readonly string[] | null;
  readonly by: boolean;
}

export interface Selection {
  readonly matchers: readonly LabelMatcher[];
  /** The first and the last time that a sample may have, both inclusive. */
  readonly startMs: number;
  readonly endMs: number;
  readonly hints: SelectHints;
  /** Takes what is to be said of the answer. */
  readonly notes: SelectionNotes;
  /** Takes what is to be called when the samples are held no longer. */
  whenReleased(call: () => void): void;
}

/** Annotations of a query, at the place of the selector. */
export interface SelectionNotes {
  inform(text: string): void;
  warn(text: string): void;
}

/** Where samples come from. */
export interface SampleSource {
  /**
   * The series that fulfil all matchers and have samples between the times, in the order of their labels, each once. What a range
   * function needs beyond the times is asked for as part of them. Rejects when the signal is aborted.
   */
  select(selection: Selection, signal: AbortSignal): Promise<readonly SampledSeries[]>;
}
