import type { AtModifier, Duration } from "../ast.ts";
import { durationMs } from "../durations.ts";
import { type Grid, timeAt } from "../grid.ts";
import type { Evaluation } from "./evaluation.ts";

/** When a selector or a subquery is looked at, for each step. */
export interface Moments {
  at(step: number): number;
  readonly first: number;
  readonly last: number;
}

/** The moments of a selector with its `@` and its offset. */
export function momentsOf(
  { at, offset }: { readonly at: AtModifier | null; readonly offset: Duration | null },
  grid: Grid,
  evaluation: Evaluation,
): Moments {
  const offsetMs = offset === null ? 0 : durationMs(offset, evaluation.times);
  const fixed = at === null ? null : fixedMs(at, evaluation) - offsetMs;
  const moment = (step: number) => fixed ?? timeAt(grid, step) - offsetMs;
  return { at: moment, first: moment(0), last: moment(grid.count - 1) };
}

function fixedMs(at: AtModifier, { startMs, endMs }: Evaluation): number {
  if (at.kind === "time") return at.ms;
  return at.kind === "start" ? startMs : endMs;
}
