import type { Severity } from "@sightline/model/severity";
import type { WallWindow } from "../zone/wall-window.ts";

/** Who is told of an alert that nobody acknowledges, step by step. */
export interface EscalationPolicy {
  readonly name: string;
  readonly steps: readonly EscalationStep[];
  /** How many times the steps are gone through again after the last. */
  readonly repeat: number;
  /**
   * How long is waited after the last step before the first comes again, in place of that one's delay; also how long
   * somebody to whom an alert was reassigned has before the next step.
   */
  readonly repeatAfterMs: number;
}

export interface EscalationStep {
  /** Since the step before, or since the begin. It passes for a step that is left out too. */
  readonly delayMs: number;
  readonly targets: readonly Target[];
  /** Only alerts of these; empty: all. */
  readonly severities: readonly Severity[];
  /** Only in these times, or only outside of them; undefined: always. */
  readonly times: StepTimes | undefined;
}

export interface StepTimes {
  /** IANA name. */
  readonly timeZone: string;
  readonly windows: readonly WallWindow[];
  /** Whether the step counts inside of the windows or outside. */
  readonly inside: boolean;
}

/** Whom a step tells: a user, whoever is on call, or a receiver, such as a channel of Slack. */
export type Target =
  | { readonly kind: "user"; readonly user: string }
  | { readonly kind: "schedule"; readonly schedule: string }
  | { readonly kind: "receiver"; readonly receiver: string };
