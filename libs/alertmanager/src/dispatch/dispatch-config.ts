import type { InhibitRule } from "../inhibit/inhibitor.ts";
import type { Labels } from "../notification.ts";
import type { Route } from "../route/route.ts";
import type { NamedTimeIntervals } from "../time-interval/time-interval.ts";
import type { KeptAlert } from "./kept-alert.ts";

/** One way in which a receiver is told. */
export interface Integration {
  /** Its kind, such as `webhook`. */
  readonly name: string;
  /** Its place among those of its kind in the receiver. */
  readonly index: number;
  readonly sendResolved: boolean;
}

/** What the dispatcher has to know of a configuration. */
export interface DispatchConfig {
  readonly resolveTimeoutMs: number;
  readonly route: Route;
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: NamedTimeIntervals;
  /** The integrations of a receiver, in their order; none for one that is not there. */
  integrationsOf(receiver: string): readonly Integration[];
  /** The labels of a route, templates filled in from the alerts that are about to be told. Default: as they are written. */
  routeLabelsOf?(route: Route, groupLabels: Labels, alerts: readonly KeptAlert[]): Labels;
}

/** Tells what hides an alert for a while. */
export interface Muter {
  /** The ids of what hides it now. */
  mutedBy(alert: Pick<KeptAlert, "fingerprint" | "labels">, nowMs: number): readonly string[];
  /** The alert is no more: what was remembered of it may be forgotten. */
  forget(fingerprint: string): void;
}
