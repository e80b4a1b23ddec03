import type { Labels } from "../labels.ts";
import type { InstanceKind, InstanceState, StoredNumber } from "./instance.ts";
import type { StepReason } from "./step.ts";

export type DecisionReason =
  | StepReason
  /** Data that came late show that it fired at a time that is past. */
  | "fired_late"
  /** Data that came late show that it never held. */
  | "retracted"
  /** After an outage that was too long for it to be taken up again. */
  | "outage_too_long"
  /** The rule is not there any more. */
  | "rule_removed"
  /** More alerts than the group's limit: all are forgotten, as Prometheus does. */
  | "limit_exceeded";

/** One decision about one alert: what it was, what it is, and why. */
export interface Decision {
  readonly type: "alert";
  readonly group: string;
  readonly rule: string;
  /** See `RuleState`. */
  readonly ruleId: string;
  readonly kind: InstanceKind;
  readonly labels: Labels;
  readonly value: StoredNumber;
  readonly from: InstanceState;
  readonly to: InstanceState;
  readonly reason: DecisionReason;
  /** The time that it is true of; milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** When it was found out. */
  readonly detectedAtMs: number;
  /** More data may come of that time. */
  readonly isProvisional: boolean;
}

/** What was decided about a rule or about the source. */
export interface RuleNote {
  readonly type: "rule_failed" | "rule_works" | "source_away" | "source_back" | "events_too_late" | "too_many_groups";
  readonly group: string;
  /** Of the source: the rule that noticed. */
  readonly rule: string;
  readonly message: string;
  /** Of events, when the first of them happened. */
  readonly atMs: number;
}

export type DecisionRecord = Decision | RuleNote;
