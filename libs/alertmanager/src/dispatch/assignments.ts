import type { AcknowledgementTarget } from "./acknowledgements.ts";

/** Somebody shall see to an alert or a group. It changes nothing in who is told. */
export interface Assignment {
  /** The user who shall. */
  readonly to: string;
  /** The user who said so. */
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
}

export type AssignmentRecord = AcknowledgementTarget & Assignment;
