import { severityToProto } from "@sightline/events/severity";
import { severityOfRank } from "@sightline/model/severity";
import { nanosOfMs } from "@sightline/model/time";
import {
  type Alert as AlertMessage,
  AlertState as AlertStateNumber,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import type { AlertCare } from "@sightline/proto/sightline/alert/v1/care";
import { z } from "zod";
import type { AlertState } from "../evaluate/decide.ts";

/** Labels or annotations as they lie in Postgres. */
export const textMap = z.record(z.string(), z.string());

/** A column of type double precision: it may be infinite, or not a number. */
export const double = z.custom<number>((value) => typeof value === "number", "want a number");

export const alertState = z.enum(["pending", "firing", "acknowledged", "resolved"]) satisfies z.ZodType<AlertState>;

/** What an alert is of: a rule of its own, a rule of a file, or Sightline itself. */
export const alertOrigin = z.enum(["rule", "rule_file", "platform"]);
export type AlertOrigin = z.infer<typeof alertOrigin>;

/** A row of `alerts`. */
export const alertRow = z
  .object({
    tenant: z.string(),
    alert_id: z.string(),
    rule_id: z.string(),
    rule_name: z.string(),
    fingerprint: z.string(),
    state: alertState,
    severity: z.number().transform(severityOfRank),
    labels: textMap,
    annotations: textMap,
    summary: z.string(),
    value: double,
    pending_since: z.date().nullable(),
    fired_at: z.date().nullable(),
    acknowledged_at: z.date().nullable(),
    acknowledged_by: z.string(),
    resolved_at: z.date().nullable(),
    resolved_by: z.string(),
    origin: alertOrigin,
    rule_file: z.string(),
    rule_group: z.string(),
    recipients: z.array(z.string()),
  })
  .transform((row) => ({
    tenant: row.tenant,
    alertId: row.alert_id,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    fingerprint: row.fingerprint,
    state: row.state,
    severity: row.severity,
    labels: row.labels,
    annotations: row.annotations,
    summary: row.summary,
    value: row.value,
    pendingSince: row.pending_since,
    firedAt: row.fired_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    origin: row.origin,
    ruleFile: row.rule_file,
    ruleGroup: row.rule_group,
    recipients: row.recipients,
  }));

/** A condition that came true for one thing, from its first moment to its last. */
export type Alert = Readonly<z.infer<typeof alertRow>>;

const stateNumbers = {
  pending: AlertStateNumber.PENDING,
  firing: AlertStateNumber.FIRING,
  acknowledged: AlertStateNumber.ACKNOWLEDGED,
  resolved: AlertStateNumber.RESOLVED,
} as const satisfies Record<AlertState, AlertStateNumber>;

/** The number of a state; "" has none. */
export function stateToProto(state: AlertState | ""): AlertStateNumber {
  return state === "" ? AlertStateNumber.UNSPECIFIED : stateNumbers[state];
}

/** The state of a number; undefined when it is none. */
export function stateFromProto(number: AlertStateNumber): AlertState | undefined {
  return alertState.options.find((state) => stateNumbers[state] === number);
}

/** The alert as it is answered, with what people do about it. */
export function alertToMessage(alert: Alert, care?: AlertCare): AlertMessage {
  return {
    alertId: alert.alertId,
    ruleId: alert.ruleId,
    ruleName: alert.ruleName,
    fingerprint: alert.fingerprint,
    state: stateToProto(alert.state),
    severity: severityToProto(alert.severity),
    labels: alert.labels,
    annotations: alert.annotations,
    summary: alert.summary,
    value: alert.value,
    pendingSinceUnixNano: nanosOfDate(alert.pendingSince),
    firedAtUnixNano: nanosOfDate(alert.firedAt),
    acknowledgedAtUnixNano: nanosOfDate(alert.acknowledgedAt),
    acknowledgedBy: alert.acknowledgedBy,
    resolvedAtUnixNano: nanosOfDate(alert.resolvedAt),
    resolvedBy: alert.resolvedBy,
    care,
    ruleFile: alert.ruleFile,
    ruleGroup: alert.ruleGroup,
  };
}

/** Nanoseconds since the Unix epoch; 0 for what did not happen. */
export function nanosOfDate(date: Date | null): bigint {
  return date === null ? 0n : nanosOfMs(date.getTime());
}
