import { severityFromProto } from "@sightline/events/severity";
import { msOfNanos, type TimeRange } from "@sightline/model/time";
import { type Alert, AlertState, ListAlertsRequest } from "@sightline/proto/sightline/alert/v1/alert_service";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import type { Asking } from "./asking.ts";

/** An alert that fired, in milliseconds since the Unix epoch. */
export interface FiredAlert {
  readonly rule: string;
  readonly ruleFile: string;
  readonly severity: string;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firedMs: number;
  readonly acknowledgedMs: number | undefined;
  readonly acknowledgedBy: string;
  readonly resolvedMs: number | undefined;
}

const most = 1000;

/** The alerts of rules that fired at some moment of the range. */
export async function readAlerts(clients: Clients, range: TimeRange, asking: Asking): Promise<FiredAlert[]> {
  const states = [AlertState.FIRING, AlertState.ACKNOWLEDGED, AlertState.RESOLVED];
  const request = ListAlertsRequest.fromPartial({ ...range, states, limit: most });
  const { alerts } = await clients.alerter.call("listAlerts", request, asking.call);
  if (alerts.length >= most) asking.cut("alerts", most);
  return alerts.filter(({ firedAtUnixNano }) => firedAtUnixNano !== 0n).map(firedAlert);
}

/** Without those that had fired before and went on. */
export function firedWithin(alerts: readonly FiredAlert[], { start, end }: Asking["rangeMs"]): FiredAlert[] {
  return alerts.filter(({ firedMs }) => firedMs >= start && firedMs < end);
}

function firedAlert(alert: Alert): FiredAlert {
  return {
    rule: alert.ruleName,
    ruleFile: alert.ruleFile,
    severity: severityFromProto(alert.severity),
    summary: alert.summary,
    labels: alert.labels,
    firedMs: msOfNanos(alert.firedAtUnixNano),
    acknowledgedMs: alert.acknowledgedAtUnixNano === 0n ? undefined : msOfNanos(alert.acknowledgedAtUnixNano),
    acknowledgedBy: alert.acknowledgedBy,
    resolvedMs: alert.resolvedAtUnixNano === 0n ? undefined : msOfNanos(alert.resolvedAtUnixNano),
  };
}

/** How long something took, of those of which it is known. */
export const times = z.object({
  count: z.number(),
  mean_seconds: z.number().nullable(),
  longest_seconds: z.number().nullable(),
});

/** Null where there is none: nothing is not 0 seconds. */
export function timesOf(durationsMs: readonly number[]): z.infer<typeof times> {
  if (durationsMs.length === 0) return { count: 0, mean_seconds: null, longest_seconds: null };
  const sum = durationsMs.reduce((all, duration) => all + duration, 0);
  return {
    count: durationsMs.length,
    mean_seconds: Math.round(sum / durationsMs.length / 100) / 10,
    longest_seconds: Math.round(durationsMs.reduce((a, b) => Math.max(a, b)) / 100) / 10,
  };
}

/** From firing until somebody acknowledged, and until it was resolved, of what was so within the range. */
export function answeredIn(alerts: readonly FiredAlert[], { start, end }: Asking["rangeMs"]) {
  const took = (until: (alert: FiredAlert) => number | undefined) =>
    alerts.flatMap((alert) => {
      const at = until(alert);
      return at === undefined || at < start || at >= end ? [] : [Math.max(0, at - alert.firedMs)];
    });
  return {
    time_to_acknowledge: timesOf(took(({ acknowledgedMs }) => acknowledgedMs)),
    time_to_resolve: timesOf(took(({ resolvedMs }) => resolvedMs)),
  };
}
