import type { Labels } from "../stages/line.ts";
import type { LogqlStatistics } from "./limits.ts";

/** One line of an answer. */
export interface AnsweredLine {
  readonly timestampNs: bigint;
  readonly text: string;
  /** Empty unless labels are wanted by category: else they are among the labels of the stream. */
  readonly metadata: Labels;
  readonly parsed: Labels;
}

/** Lines of one stream, in the direction of the query. */
export interface AnsweredStream {
  readonly labels: Labels;
  readonly lines: readonly AnsweredLine[];
}

/** A value at a time. */
export interface Point {
  readonly timestampMs: number;
  readonly value: number;
}

/** What a query answers, in the shapes that Loki's API has. */
export type LogqlResult = { readonly statistics: LogqlStatistics } & (
  | { readonly type: "streams"; readonly streams: readonly AnsweredStream[] }
  | {
      readonly type: "matrix";
      readonly series: readonly { readonly labels: Labels; readonly points: readonly Point[] }[];
    }
  | { readonly type: "vector"; readonly samples: readonly ({ readonly labels: Labels } & Point)[] }
  | ({ readonly type: "scalar" } & Point)
);
