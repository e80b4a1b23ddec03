import type { Expression, Source } from "../kinds/source.ts";
import type { Labels } from "../labels.ts";

/**
 * A file of rules: that of Prometheus 3, with one field more. `sightline` of a rule holds all that Prometheus does not know, so that a file
 * without it is plain Prometheus, and no field of a later Prometheus can get in the way:
 *
 * ```yaml
 * groups:
 *   - name: checkout
 *     rules:
 *       - alert: CheckoutErrors
 *         sightline:
 *           logql: sum(count_over_time({service_name="checkout"} |= "error" [5m])) > 10   # instead of expr
 *           nodata: { policy: alert, severity: warning, for: 10m }
 *         for: 5m
 * ```
 */
export interface RuleFile {
  readonly groups: readonly RuleGroup[];
}

export interface RuleGroup {
  readonly name: string;
  /** Undefined for what is usual. */
  readonly intervalMs: number | undefined;
  /** How far back rules look, for data that come late. */
  readonly queryOffsetMs: number | undefined;
  /** How many alerts or series a rule may come to; 0 for any number. */
  readonly limit: number;
  /** Of all rules of the group. */
  readonly labels: Labels;
  readonly rules: readonly Rule[];
}

export type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly kind: "recording";
  readonly name: string;
  readonly expression: Expression;
  readonly labels: Labels;
}

export interface AlertingRule {
  readonly kind: "alerting";
  readonly name: string;
  readonly source: Source;
  /** How long it has to hold before it fires. */
  readonly forMs: number;
  /** How long it fires on when it does not hold any more. */
  readonly keepFiringForMs: number;
  /** Values are templates. */
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly nodata: GapPolicy;
  readonly evalError: GapPolicy;
  /** How long data may be late that still count; 0 when what came in time decides, and for events as long as anybody lets them. */
  readonly lateMs: number;
  /** Channels that are told beside the receivers of the routes. */
  readonly channels: readonly string[];
  /** Who is told beside these, as `parseRecipient` reads them. */
  readonly recipients: readonly string[];
}

/**
 * What follows when nothing is known: because there are no data, or because the expression has failed.
 *
 * - keep: alerts stay as they are
 * - ok: it counts as not holding
 * - alert: alerts stay as they are, and there is one more that says so
 */
export interface GapPolicy {
  readonly policy: "keep" | "alert" | "ok";
  /** Of the alert that says so. */
  readonly severity: string;
  /** How long it has to last before that fires. */
  readonly forMs: number;
}

/** What Prometheus does: no data is no alert, and an error changes nothing. */
export const prometheusPolicies = {
  nodata: { policy: "ok", severity: "warning", forMs: 0 },
  evalError: { policy: "keep", severity: "warning", forMs: 0 },
} as const satisfies Record<string, GapPolicy>;
