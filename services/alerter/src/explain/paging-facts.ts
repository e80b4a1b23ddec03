import type { FiringTime } from "@sightline/alertmanager/dispatch/firing-times";
import type { Labels } from "@sightline/alertmanager/notification";
import type { MaintenanceWindow } from "@sightline/alertmanager/silence/maintenance-window";
import type { Silence } from "@sightline/alertmanager/silence/silence";
import type { ContactPreferences } from "@sightline/oncall/escalation/contacts";
import type { EscalationPolicy } from "@sightline/oncall/escalation/policy";
import type { Shift } from "@sightline/oncall/schedule/schedule";
import type { ToldDecision } from "../dispatch/decision-store.ts";
import type { EscalationRecord } from "./escalation-record.ts";

/** All that was so in a time, and from which it follows whether a user was told. */
export interface PagingFacts {
  readonly user: string;
  /** The time that is asked about. */
  readonly range: FiringTime;
  readonly configuration: ConfigurationThen;
  readonly schedules: readonly DutyThen[];
  readonly policies: readonly EscalationPolicy[];
  /** Undefined: the user had none. */
  readonly contacts: ContactPreferences | undefined;
  /** Those that decisions name, by id. */
  readonly silences: ReadonlyMap<string, Silence>;
  readonly windows: ReadonlyMap<string, Pick<MaintenanceWindow, "name" | "createdBy" | "comment" | "updatedAtMs">>;
  /** Those that fired in the time or were decided about, as many as are looked at. */
  readonly alerts: readonly AlertThen[];
  /** What rules found in the time that was no alert that fires: no data, errors, conditions that do not hold long enough. */
  readonly rules: readonly ToldDecision[];
  /** Whether all that there was is here. */
  readonly complete: boolean;
}

/** The alertmanager.yml in force. */
export interface ConfigurationThen {
  /** 0: nobody had put one. */
  readonly version: number;
  readonly author: string;
  readonly sinceMs: number | undefined;
  readonly receivers: readonly ReceiverThen[];
  /** Why it cannot be read; unset where it can. Nothing else is known of it then. */
  readonly unreadable?: string;
}

export interface ReceiverThen {
  readonly name: string;
  /** The escalation policy that its groups go through; undefined: none. */
  readonly policy: string | undefined;
}

/** A schedule, and who was on call by it. */
export interface DutyThen {
  readonly name: string;
  /** Everybody who is in it at all. */
  readonly users: readonly string[];
  readonly shifts: readonly Shift[];
}

export interface AlertThen {
  readonly fingerprint: string;
  readonly labels: Labels;
  /** When it fired, as far as that touches the time. */
  readonly firing: readonly FiringTime[];
  /** What was decided about it and its groups since it began until the end of the time, oldest first. */
  readonly decisions: readonly ToldDecision[];
  /** Those of its escalations among them. */
  readonly escalation: readonly EscalationRecord[];
}
