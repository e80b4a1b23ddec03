import { AppError } from "@sightline/errors/app-error";

/** What one query may use. */
export interface LogqlLimits {
  /** How many series an answer may have. */
  readonly maxSeries: number;
  /** How many numbers series may have on the way together: series times steps, eight characters of their labels counting as one. */
  readonly maxCells: number;
  /** How many samples may be held for functions that need all of a window: quantiles and rates of counters. */
  readonly maxSamples: number;
  /** How many characters of log lines and their labels may be answered. */
  readonly maxTextLength: number;
}

/** What a query reads, for its statistics. */
export interface LogqlStatistics {
  lines: number;
  characters: number;
}

/** The error of a query that wants too many series. */
export function tooManySeries(limit: number): AppError {
  return new AppError(
    "resource_exhausted",
    `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`,
  );
}

/** What a query still may use. */
export interface Budget {
  readonly limits: LogqlLimits;
  /** Takes cells for one more series. Throws resource_exhausted. */
  takeCells(count: number): void;
  takeSample(): void;
}

/** A budget that is full. What goes beyond it throws resource_exhausted. */
export function createBudget(limits: LogqlLimits): Budget {
  let cells = 0;
  let samples = 0;
  return {
    limits,
    takeCells(count) {
      cells += count;
      if (cells > limits.maxCells) throw tooManySeries(limits.maxSeries);
    },
    takeSample() {
      if (++samples <= limits.maxSamples) return;
      throw new AppError(
        "resource_exhausted",
        `cannot evaluate query: got more than ${limits.maxSamples} samples for quantile_over_time or rate_counter, want a shorter range or a more specific selector`,
      );
    },
  };
}
