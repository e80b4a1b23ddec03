import type { Histogram } from "@sightline/query/promql/histogram/histogram";
import type { Expression } from "../kinds/source.ts";
import type { Labels } from "../labels.ts";

/** A series of an answer at one time. A scalar is one without labels. */
export interface VectorElement {
  readonly labels: Labels;
  readonly value: number | Histogram;
}

export type Vector = readonly VectorElement[];

export interface Question extends Expression {
  /** The time that is asked about; milliseconds since the Unix epoch. */
  readonly atMs: number;
}

/** Who answers the expressions of rules; called one after the other for the rules of a group. */
export interface Queries {
  /**
   * The vector at a time. Rejects with an AppError: `unavailable` when the source is away, which holds all states, anything else when this
   * expression has no answer. Rejects when the signal is aborted.
   */
  instant(question: Question, signal: AbortSignal): Promise<Vector>;
}
