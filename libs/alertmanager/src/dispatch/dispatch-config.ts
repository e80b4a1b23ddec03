import type { Config } from "../config/config.ts";
import type { InhibitRule } from "../inhibit/inhibitor.ts";
import type { Labels, Notification } from "../notification.ts";
import { createRouteTree, type Route } from "../route/route.ts";
import type { NamedTimeIntervals } from "../time-interval/time-interval.ts";
import type { KeptAlert } from "./kept-alert.ts";

/** One way in which a receiver is told. */
export interface Integration {
  /** Such as `webhook`. */
  readonly kind: string;
  /** Its place among those of its kind in the receiver. */
  readonly index: number;
  readonly sendResolved: boolean;
  /** Whether it knows what an acknowledgement is, and wants to hear of it. Default: no. */
  readonly acknowledges?: boolean;
}

/** What the dispatcher has to know of a configuration. */
export interface DispatchConfig {
  readonly resolveTimeoutMs: number;
  readonly route: Route;
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: NamedTimeIntervals;
  /** The integrations of a receiver, in their order; none for one that is not there. */
  integrationsOf(receiver: string): readonly Integration[];
  /**
   * The way of alerts that name a recipient, beside those of the tree; undefined for one that nobody can tell. Default: there are no
   * recipients.
   */
  recipientRoute?(recipient: string): Route | undefined;
  /**
   * Fills in the labels of a route, which may be templates, for what is about to be told. It does not throw: a label that cannot be
   * filled in is left out. Default: they stay as they are written.
   */
  fillRouteLabels?(labels: Labels, notification: Notification): Labels;
}

/** What the dispatcher has to know of a configuration of Alertmanager, with the labels of routes as they are written. */
export function dispatchConfigOf({ global, route, inhibitRules, timeIntervals, receivers }: Config): DispatchConfig {
  const integrations = new Map(
    receivers.map((receiver) => [
      receiver.name,
      receiver.integrations.map(({ kind, index, config }) => ({ kind, index, sendResolved: config.sendResolved })),
    ]),
  );
  return {
    resolveTimeoutMs: global.resolveTimeoutMs,
    route: createRouteTree(route),
    inhibitRules,
    timeIntervals,
    integrationsOf: (receiver) => integrations.get(receiver) ?? [],
  };
}

/** Tells what hides an alert for a while. */
export interface Muter {
  /** The ids of what hides it now. */
  mutedBy(alert: Pick<KeptAlert, "fingerprint" | "labels">, nowMs: number): readonly string[];
  /** The alert is no more: what is remembered of it may be forgotten. */
  forget?(fingerprint: string): void;
}
