import type { Grouping, LabelMatcher, LogExpression, MetricExpression, RangeAggregation } from "../ast.ts";
import type { Condition } from "./condition.ts";

/** Which stored lines are wanted. */
export interface LineSelection {
  readonly matchers: readonly LabelMatcher[];
  /** The first nanosecond, and the first one that is too late. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** All of these hold for every line that is wanted; they may hold for others too, which costs only time. */
  readonly conditions: readonly Condition[];
  /** Whether they hold for no others. */
  readonly isExact: boolean;
}

/** A reading of lines. */
export interface LineRead {
  readonly type: "lines";
  readonly selection: LineSelection;
  /** By time; "any" where it does not matter. */
  readonly order: "forward" | "backward" | "any";
  /** How many are enough. Null where that shows only while they are read: whoever reads stops then. */
  readonly limit: number | null;
  /** How many the query answers in the end: where `limit` is null, more may have to be read for them. */
  readonly wanted: number;
  /** Whether the text of the lines is looked at; if not they are read for their labels and times. */
  readonly needsText: boolean;
}

/**
 * Lines counted by the database, in panes of equal length, numbered from 1: pane n has what lies after `originNs + (n - 1) * paneNs` and not
 * after `originNs + n * paneNs`. Every window of the query is made of whole panes, the first one beginning at `originNs`.
 */
export interface PaneRead {
  readonly type: "panes";
  readonly selection: LineSelection;
  readonly measure: "lines" | "bytes";
  /** The labels that lines are told apart by: these of the stream and the metadata, or null for all. */
  readonly labels: readonly string[] | null;
  readonly originNs: bigint;
  readonly paneNs: number;
}

/** What one range function needs. */
export interface RangeRead {
  readonly aggregation: RangeAggregation;
  /** Labels by which samples are told apart before they are aggregated; null: all. */
  readonly grouping: Grouping | null;
  readonly read: LineRead | PaneRead;
}

/** The points of time for which series are wanted. */
export interface Grid {
  readonly startNs: bigint;
  readonly stepNs: number;
  readonly steps: number;
}

/** A query as work to do: pure data, of which the database does what it can. */
export type LogPlan =
  | {
      readonly type: "lines";
      readonly expression: LogExpression;
      readonly read: LineRead;
      readonly direction: "forward" | "backward";
      readonly limit: number;
      /** The least time between two lines that are answered, 0 for all. */
      readonly intervalNs: number;
      readonly nowNs: bigint;
    }
  | {
      readonly type: "metric";
      readonly expression: MetricExpression;
      readonly grid: Grid;
      readonly isInstant: boolean;
      readonly reads: readonly RangeRead[];
      readonly nowNs: bigint;
    };
