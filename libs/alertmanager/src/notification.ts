/** Names and values that say what an alert, a group or a route is about. */
export type Labels = Readonly<Record<string, string>>;

/** One alert as a receiver is told of it. */
export interface NotifiedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly status: "firing" | "resolved";
  readonly startsAtMs: number;
  /** When it was resolved, or when it will count as resolved if nobody sends it again; undefined where nobody knows. */
  readonly endsAtMs: number | undefined;
  readonly generatorUrl: string;
  /** 16 hex digits of its labels, see `fingerprint.ts`. */
  readonly fingerprint: string;
}

/** Why a notification is sent, in the words that Alertmanager gives to templates (notify/notify.go, NotifyReason). */
export type NotificationReason =
  | "first notification"
  | "new alerts added"
  | "some alerts resolved"
  | "all alerts resolved"
  | "repeat interval elapsed";

/** What one integration of a receiver is told at one moment: the alerts of one group. */
export interface Notification {
  readonly receiver: string;
  /** The group's identity in the form of Alertmanager, such as `{}/{team="x"}:{alertname="y"}`. */
  readonly groupKey: string;
  readonly groupLabels: Labels;
  /** The labels of the route that the group belongs to, their templates filled in. */
  readonly routeLabels: Labels;
  /** "firing" as long as one of the alerts is. */
  readonly status: "firing" | "resolved";
  readonly reason: NotificationReason;
  readonly alerts: readonly NotifiedAlert[];
  /** How many alerts of the group are left out, because the receiver takes no more. */
  readonly truncatedAlerts: number;
  /** Where people find the system that sends it. */
  readonly externalUrl: string;
}

/** The labels that all alerts have, with the same value. */
export function commonLabels(alerts: readonly NotifiedAlert[]): Labels {
  return common(alerts.map((alert) => alert.labels));
}

/** The annotations that all alerts have, with the same value. */
export function commonAnnotations(alerts: readonly NotifiedAlert[]): Labels {
  return common(alerts.map((alert) => alert.annotations));
}

function common([first = {}, ...others]: readonly Labels[]): Labels {
  const shared = Object.entries(first).filter(([name, value]) =>
    others.every((labels) => Object.hasOwn(labels, name) && labels[name] === value),
  );
  return Object.fromEntries(shared);
}
