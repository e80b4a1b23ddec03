import { AppError } from "@sightline/errors/app-error";

/** What the work of one execution is charged to. */
export interface Budget {
  /** Takes that many units. Throws resource_exhausted when none are left. */
  spend(units: number): void;
  /** How many templates, blocks and parentheses are open, which is what the stack has to hold. */
  depth: number;
}

/** What one step of a template costs; a character that is read or written costs one. A unit takes some 5 ns. */
export const stepUnits = 20;

/** What matching costs for each character of the text. */
export const matchUnits = 20;

/** What it costs to say what a time is, most of it in which zone. */
export const timeUnits = 2000;

/** A budget of so many units. */
export function createBudget(maxUnits: number): Budget {
  let left = maxUnits;
  return {
    depth: 0,
    spend(units) {
      left -= units;
      if (left < 0) throw exhausted("the template does more than is allowed");
    },
  };
}

/** What is thrown where a template comes to a limit. */
export function exhausted(message: string): AppError {
  return new AppError("resource_exhausted", `template: ${message}`);
}
