import type { Output } from "./print/output.ts";
import type { Settings } from "./settings.ts";

/** What a command is given beside its own arguments. */
export interface Context {
  /** Read when first asked for: help needs none. Throws AppError. */
  settings(): Settings;
  readonly out: Output;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Of this program. */
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}
