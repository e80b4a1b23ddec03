import { AppError } from "@sightline/errors/app-error";

/** How many samples may still be read. */
export interface SampleBudget {
  left: number;
}

/** A part of a budget, which may take what the others leave, and gives it back. */
export interface BudgetPart extends SampleBudget {
  release(): void;
}

export function createPart(whole: SampleBudget): BudgetPart {
  let taken = 0;
  return {
    get left() {
      return whole.left;
    },
    set left(left) {
      taken += whole.left - left;
      whole.left = left;
    },
    release() {
      whole.left += taken;
      taken = 0;
    },
  };
}

/** Throws resource_exhausted, in the words of Prometheus, which people look for, when it is more than there may be. */
export function takeFrom(budget: SampleBudget, samples: number): void {
  budget.left -= samples;
  if (budget.left >= 0) return;
  const problem = "query processing would load too many samples into memory in query execution";
  const advice = "select fewer series or a shorter time, or use times, steps and ranges that are multiples of 5m or 1h";
  throw new AppError("resource_exhausted", `${problem}; ${advice}, which rollups answer`);
}
