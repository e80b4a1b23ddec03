import { AppError } from "@sightline/errors/app-error";
import type { Notes } from "../annotations.ts";
import type { Expression, Span } from "../ast.ts";
import type { QueryTimes } from "../durations.ts";
import type { SampleSource, SelectionNotes } from "../source.ts";

/** What is common to all parts of one query. */
export interface Evaluation {
  readonly source: SampleSource;
  readonly notes: Notes;
  readonly startMs: number;
  readonly endMs: number;
  /** What durations may know: the step is 0 in an instant query. */
  readonly times: QueryTimes;
  /** How long a sample counts that nothing follows. */
  readonly lookbackMs: number;
  readonly defaultSubqueryStepMs: number;
  /** Whether the names of metrics are dropped at the end, not by each function. */
  readonly delayedNameRemoval: boolean;
  readonly typeAndUnitLabels: boolean;
  readonly useStartTimes: boolean;
  /** The selectors of whose histograms only counts and sums are wanted. */
  readonly counting: ReadonlySet<Expression>;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /**
   * Takes what is to be called when the part of the query that samples were selected for has its answer. It is not called where that
   * fails, with which the query ends.
   */
  whenReleased(call: () => void): void;
  /** Lets others run when it has been a while, and throws when nobody waits for the answer any more. */
  breathe(): Promise<void>;
  /** Tells of so many samples that were looked at; what comes back is to be waited for: it is time to breathe. */
  worked(samples: number): Promise<void> | null;
}

/** Where a source of samples says what is to be said of those that stand at a place. */
export function notesAt(span: Span, { notes }: Evaluation): SelectionNotes {
  return { inform: (text) => notes.inform(text, span), warn: (text) => notes.warn(text, span) };
}

/** How many samples a query may hold at a time. */
export interface Budget {
  /** Throws resource_exhausted when it is more than there may be. */
  take(samples: number): void;
  give(samples: number): void;
  /** The same budget for a part of the query, of which nothing is left in the end but what it answers. */
  part(): BudgetPart;
  /** The most that the query has held so far. */
  peak(): number;
}

export interface BudgetPart extends Budget {
  /** Ends the part: it gives back what it has taken, but for so many samples. */
  keep(samples: number): void;
}

export function createBudget(maxSamples: number): Budget {
  let held = 0;
  let peak = 0;
  const take = (samples: number) => {
    held += samples;
    peak = Math.max(peak, held);
    if (held > maxSamples) {
      const problem = "query processing would load too many samples into memory in query execution";
      throw new AppError("resource_exhausted", problem);
    }
  };
  const give = (samples: number) => {
    held -= samples;
  };
  const partOf = (keptInside: (samples: number) => void): BudgetPart => {
    let own = 0;
    return {
      take(samples) {
        own += samples;
        take(samples);
      },
      give(samples) {
        own -= samples;
        give(samples);
      },
      part: () =>
        partOf((samples) => {
          own += samples;
        }),
      keep(samples) {
        give(own);
        take(samples);
        keptInside(samples);
      },
      peak: () => peak,
    };
  };
  return { take, give, part: () => partOf(() => undefined), peak: () => peak };
}

/** A query that was right to read but cannot be answered. */
export function executionProblem(problem: string): AppError {
  return new AppError("failed_precondition", problem);
}
