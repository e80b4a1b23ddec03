import { z } from "zod";
import {
  counted,
  eventCounts,
  type Head,
  listedEvent,
  moment,
  mostFrequent,
  reportHead,
  valueCount,
} from "../reports/head.ts";
import { answeredIn, type FiredAlert, firedWithin, times } from "../sources/alerts.ts";
import { type Asking, momentOfMs } from "../sources/asking.ts";

const refusals = z.object({
  total: z.number(),
  /** Of the newest ones that were read; events that do not say are in none. */
  by_address: z.array(valueCount),
  by_user: z.array(valueCount),
});

/** The security report as a document. */
export const securityReport = reportHead.extend({
  kind: z.literal("security"),
  /** Of the category security. */
  events: eventCounts,
  /** The newest of the category. */
  newest: z.array(listedEvent),
  authentication_failures: refusals,
  access_denied: refusals,
  alerts: z.object({
    /** Within the range; listed are also those that had fired before and went on. */
    fired: z.number(),
    time_to_acknowledge: times,
    time_to_resolve: times,
    list: z.array(
      z.object({
        rule: z.string(),
        severity: z.string(),
        summary: z.string(),
        fired_at: moment,
        acknowledged_at: moment.nullable(),
        acknowledged_by: z.string(),
        resolved_at: moment.nullable(),
      }),
    ),
  }),
});

export type SecurityReport = z.infer<typeof securityReport>;

/** Who was refused, as events tell. */
export interface Refusals {
  readonly total: number;
  readonly read: readonly { readonly address: string; readonly user: string }[];
}

export interface SecurityFacts {
  readonly head: Head;
  readonly rangeMs: Asking["rangeMs"];
  readonly events: SecurityReport["events"];
  readonly newest: SecurityReport["newest"];
  readonly authentication: Refusals;
  readonly denied: Refusals;
  /** Of all rules. */
  readonly alerts: readonly FiredAlert[];
  readonly missing: readonly string[];
}

const most = { values: 20, alerts: 200 } as const;

/** Those of the security pack, and those that say it by a label. */
function isOfSecurity({ ruleFile, labels }: FiredAlert): boolean {
  return ruleFile === "pack:security" || labels.category === "security";
}

export function makeSecurityReport(facts: SecurityFacts): SecurityReport {
  const { head, events, authentication, denied, rangeMs } = facts;
  const alerts = facts.alerts.filter(isOfSecurity).toSorted((a, b) => b.firedMs - a.firedMs);
  const fired = firedWithin(alerts, rangeMs).length;
  return {
    ...head,
    kind: "security",
    title: "Security",
    headline: [
      counted(events.total, "security event"),
      counted(authentication.total, "authentication failure"),
      counted(fired, "security alert"),
    ].join(", "),
    events,
    newest: [...facts.newest],
    authentication_failures: refusalsOf(authentication),
    access_denied: refusalsOf(denied),
    alerts: {
      fired,
      ...answeredIn(alerts, rangeMs),
      list: alerts.slice(0, most.alerts).map((alert) => ({
        rule: alert.rule,
        severity: alert.severity,
        summary: alert.summary,
        fired_at: momentOfMs(alert.firedMs),
        acknowledged_at: alert.acknowledgedMs === undefined ? null : momentOfMs(alert.acknowledgedMs),
        acknowledged_by: alert.acknowledgedBy,
        resolved_at: alert.resolvedMs === undefined ? null : momentOfMs(alert.resolvedMs),
      })),
    },
    missing: facts.missing.toSorted(),
  };
}

function refusalsOf({ total, read }: Refusals): z.infer<typeof refusals> {
  return {
    total,
    by_address: mostFrequent(
      read.map(({ address }) => address),
      most.values,
    ),
    by_user: mostFrequent(
      read.map(({ user }) => user),
      most.values,
    ),
  };
}
