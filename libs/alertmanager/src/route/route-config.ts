import type { Matcher } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";

/** A node of the route tree as it is written: what is undefined it has from the node above. */
export interface RouteConfig {
  readonly receiver: string;
  /** Names of labels, or `...` alone for all of them; an empty list groups everything together. */
  readonly groupBy: readonly string[] | undefined;
  /** Conditions as they were written before 0.22: label and value, label and pattern. */
  readonly match: Labels;
  readonly matchRe: Labels;
  readonly matchers: readonly Matcher[];
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Whether alerts that match go on to the next node as well. */
  readonly continue: boolean;
  readonly routes: readonly RouteConfig[];
  readonly groupWaitMs: number | undefined;
  readonly groupIntervalMs: number | undefined;
  readonly repeatIntervalMs: number | undefined;
  /** Labels of the notifications, whose values may be templates. */
  readonly labels: Labels;
}

/** What stands in `groupBy` for all labels. */
export const ALL_LABELS = "...";
