import type { Labels } from "../labels.ts";

/** What an alert is about: what the rule looks for, that there are no data, or that its expression fails. */
export type InstanceKind = "condition" | "nodata" | "eval_error";

/** `inactive` is one that has fired and is over; it is kept for a while, so that everybody hears of its end. */
export type InstanceState = "pending" | "firing" | "inactive";

/** A number as JSON can keep it. */
export type StoredNumber = number | "NaN" | "+Inf" | "-Inf";

export function storedNumber(value: number): StoredNumber {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

/** One alert of a rule, as plain data. Times are milliseconds since the Unix epoch. */
export interface Instance {
  /** Its identity within the rule, see `labelsKey`. */
  readonly key: string;
  readonly kind: InstanceKind;
  readonly state: InstanceState;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Of the last evaluation that found it. */
  readonly value: StoredNumber;
  /** Since when it has held. */
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  readonly resolvedAtMs?: number;
  /** Since when it fires only because of `keep_firing_for`. */
  readonly keepFiringSinceMs?: number;
  /** Since when it has stayed as it is because nothing is known of it. */
  readonly heldSinceMs?: number;
  /** When it was found out that it fires, where that was later: data had come late. */
  readonly detectedAtMs?: number;
  /** Decided from data of which more may come. */
  readonly isProvisional?: true;
  /** The series that it is about, where the absence of that holds it. */
  readonly series?: string;
}

/** Something that an evaluation has found. */
export interface Active {
  readonly key: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly value: StoredNumber;
  readonly series?: string;
}

/** How long an alert is kept when it is over, as Prometheus has it (rules/alerting.go). */
export const resolvedRetentionMs = 15 * 60_000;

export function isActive({ state }: Instance): boolean {
  return state !== "inactive";
}
