import type { Alert } from "../alerts/alert.ts";
import type { Labels } from "../alerts/labels.ts";

export type NoticeStatus = "firing" | "resolved";

/** An alert of a notice, as it is told: with the state it had when the notice came to be, not the one it has now. */
export interface NoticeAlert {
  readonly alert: Alert;
  readonly status: NoticeStatus;
}

/** What one channel is told at one moment: some alerts of one rule. */
export interface Notice {
  readonly tenant: string;
  /** The channel's name. */
  readonly channel: string;
  /** The same for all notices about the same rule. */
  readonly groupKey: string;
  readonly groupLabels: Labels;
  /** Firing when one of the alerts fires. */
  readonly status: NoticeStatus;
  /** At least one. */
  readonly alerts: readonly NoticeAlert[];
  /** Where people see more: address of the page, without a slash at the end. */
  readonly externalUrl: string;
}

/** What came of telling it. */
export interface Outcome {
  readonly delivered: boolean;
  /** What the receiver answered, or why it could not be reached: one line. */
  readonly outcome: string;
  /** Of what was not delivered: whether telling it again may help. */
  readonly retryable: boolean;
  /** When the receiver asked to be told again, milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** How often, how far apart and how long a channel is tried. */
export interface RetryPolicy {
  /** In all. */
  readonly attempts: number;
  /** Before the second attempt, milliseconds; doubles each time. */
  readonly delayMs: number;
  /** What one attempt may take, milliseconds. */
  readonly timeoutMs: number;
}

/** The labels that all have in common, with the same value. */
export function commonLabels(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => labels[name] === value)),
  );
}

/** The notice of some alerts of one rule, in the order given. */
export function createNotice(
  alerts: readonly [NoticeAlert, ...NoticeAlert[]],
  { channel, externalUrl }: { readonly channel: string; readonly externalUrl: string },
): Notice {
  const [{ alert }] = alerts;
  const groupLabels = { alertname: alert.ruleName };
  return {
    tenant: alert.tenant,
    channel,
    groupKey: `{}:{alertname=${JSON.stringify(alert.ruleName)}}`,
    groupLabels,
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    alerts,
    externalUrl,
  };
}
