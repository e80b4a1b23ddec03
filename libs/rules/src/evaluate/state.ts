import type { Labels } from "../labels.ts";
import type { EventWindow } from "./event-window.ts";
import type { Instance } from "./instance.ts";

/** What is known of a group after an evaluation; plain data, to be kept as JSON. Times are milliseconds since the Unix epoch. */
export interface GroupState {
  readonly lastEvaluatedAtMs?: number;
  readonly lastDurationMs?: number;
  readonly rules: readonly RuleState[];
  /** Series of rules that there are not any more, which are still to be ended. */
  readonly orphanedSeries?: readonly Labels[];
  /** Since when the source has been away. */
  readonly outage?: Outage;
}

export interface Outage {
  readonly sinceMs: number;
  readonly message: string;
}

export interface RuleState {
  /** Its name and labels: rules are known by them when a file changes. */
  readonly id: string;
  readonly health: "unknown" | "ok" | "err";
  readonly lastError?: string;
  readonly lastEvaluatedAtMs?: number;
  readonly lastDurationMs?: number;
  readonly instances: readonly Instance[];
  /** The series that were written last and are not known from the alerts: they end when they are not written again. */
  readonly series?: readonly Labels[];
  /** Of a rule of events: what has come. */
  readonly windows?: readonly EventWindow[];
  /** Of a rule of events: when it was last said that some came too late. */
  readonly tooLateSaidAtMs?: number;
  /** Of a rule of events: when it was last said that it cannot follow more groups of them. */
  readonly tooManySaidAtMs?: number;
  /** Of a rule that waits for late data. */
  readonly late?: LateState;
}

/** The same rule over data that are complete, behind the present. */
export interface LateState {
  readonly instances: readonly Instance[];
  /** Times that were evaluated when data could still come. */
  readonly openTimesMs: readonly number[];
}

export const emptyGroupState: GroupState = { rules: [] };

export function emptyRuleState(id: string): RuleState {
  return { id, health: "unknown", instances: [] };
}
