import type { Decision } from "@sightline/alertmanager/dispatch/decision";
import { saysFiring } from "@sightline/alertmanager/dispatch/decision";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Outcome } from "../channels/integration.ts";

/** What is dispatched, counted as Alertmanager counts it; of all tenants together. */
export interface DispatchMetrics {
  /** Counts what was decided. */
  decided(decisions: readonly Decision[]): void;
  /** Counts a notification that came to its end, so long after it was due. */
  notified(integration: string, outcome: Pick<Outcome, "delivered" | "failure">, seconds: number): void;
  /** Counts alerts that were refused. */
  refused(count: number): void;
  /** What waits to be taken, as it was read last. */
  waiting(inbox: InboxWeight): void;
  /** How many tenants have a configuration that cannot be used. */
  unusable(tenants: number): void;
  /** From now on the numbers of what there is are asked here, when somebody reads the metrics. */
  observe(totals: () => DispatchTotals): void;
}

export interface InboxWeight {
  readonly entries: number;
  readonly bytes: number;
  /** How long the oldest one waits; 0 while none does. */
  readonly oldestSeconds: number;
}

/** What there is at a moment where this replica dispatches. */
export interface DispatchTotals {
  readonly activeAlerts: number;
  readonly suppressedAlerts: number;
  readonly groups: number;
  readonly logEntries: number;
  readonly inFlight: number;
  readonly activeSilences: number;
  readonly pendingSilences: number;
  readonly expiredSilences: number;
}

/** Where nothing is dispatched. */
export const NO_TOTALS: DispatchTotals = {
  activeAlerts: 0,
  suppressedAlerts: 0,
  groups: 0,
  logEntries: 0,
  inFlight: 0,
  activeSilences: 0,
  pendingSilences: 0,
  expiredSilences: 0,
};

/** Of two tenants. */
export function addTotals(a: DispatchTotals, b: DispatchTotals): DispatchTotals {
  return {
    activeAlerts: a.activeAlerts + b.activeAlerts,
    suppressedAlerts: a.suppressedAlerts + b.suppressedAlerts,
    groups: a.groups + b.groups,
    logEntries: a.logEntries + b.logEntries,
    inFlight: a.inFlight + b.inFlight,
    activeSilences: a.activeSilences + b.activeSilences,
    pendingSilences: a.pendingSilences + b.pendingSilences,
    expiredSilences: a.expiredSilences + b.expiredSilences,
  };
}

/** What hides an alert, in Alertmanager's words where it has them. */
const SUPPRESSED: Readonly<Partial<Record<Decision["step"], string>>> = {
  inhibited: "inhibition",
  silenced: "silence",
  muted_by_time: "mute_time_interval",
  outside_active_times: "active_time_interval",
  maintenance: "maintenance",
};

/** Registers them: the names of Alertmanager with our prefix, where it has one for it. */
export function createDispatchMetrics(registry: Registry): DispatchMetrics {
  const counters = createCounters(registry);
  const inbox = createInboxGauges(registry);
  const unusable = new Gauge({
    name: "sightline_alerter_unusable_configurations",
    help: "Tenants whose alertmanager.yml in force cannot be used: the one before goes on, or what came in waits.",
    registers: [registry],
  });
  let totals = () => NO_TOTALS;
  createTotals(registry, () => totals());
  return {
    decided(decisions) {
      for (const { counter, labels, count } of tally(decisions, counters)) counter.inc(labels, count);
    },
    notified(integration, { delivered, failure = "other" }, seconds) {
      counters.notifications.inc({ integration });
      counters.latency.observe({ integration }, Math.max(0, seconds));
      if (!delivered) counters.failed.inc({ integration, reason: failure });
    },
    refused: (count) => counters.invalid.inc(count),
    waiting({ entries, bytes, oldestSeconds }) {
      inbox.entries.set(entries);
      inbox.bytes.set(bytes);
      inbox.oldest.set(oldestSeconds);
    },
    unusable: (tenants) => unusable.set(tenants),
    observe(asked) {
      totals = asked;
    },
  };
}

type Counters = ReturnType<typeof createCounters>;

interface Counted {
  readonly counter: Counter<string>;
  readonly labels: Readonly<Record<string, string>>;
  count: number;
}

/** Many decisions are of a few kinds: each is counted up once. */
function tally(decisions: readonly Decision[], counters: Counters): Iterable<Counted> {
  const counts = new Map<string, Counted>();
  for (const decision of decisions) {
    const { step, reason, groupKey, fingerprints } = decision;
    const key = step === "received" ? reason : step === "dropped" ? `${step} ${groupKey === undefined}` : step;
    const known = counts.get(key) ?? countedOf(decision, counters);
    if (known === undefined) continue;
    counts.set(key, known);
    known.count += step in SUPPRESSED ? Math.max(1, fingerprints.length) : 1;
  }
  return counts.values();
}

function countedOf(decision: Decision, counters: Counters): Counted | undefined {
  const { step, groupKey } = decision;
  if (step === "received") {
    const status = saysFiring(decision) ? "firing" : "resolved";
    return { counter: counters.received, labels: { status }, count: 0 };
  }
  // One that has a group found no room in it.
  if (step === "dropped") {
    const bound = groupKey === undefined ? "max_alerts" : "max_groups";
    return { counter: counters.dropped, labels: { reason: bound }, count: 0 };
  }
  const suppressed = SUPPRESSED[step];
  return suppressed === undefined
    ? undefined
    : { counter: counters.suppressed, labels: { reason: suppressed }, count: 0 };
}

function createCounters(registry: Registry) {
  const registers = [registry];
  return {
    notifications: new Counter({
      name: "sightline_alerter_notifications_total",
      help: "Notifications that came to their end, by kind of integration.",
      labelNames: ["integration"],
      registers,
    }),
    failed: new Counter({
      name: "sightline_alerter_notifications_failed_total",
      help: "Notifications that were not delivered in the end, by kind of integration and reason.",
      labelNames: ["integration", "reason"],
      registers,
    }),
    latency: new Histogram({
      name: "sightline_alerter_notification_latency_seconds",
      help: "From when a notification was due to its end, with all attempts, by kind of integration.",
      labelNames: ["integration"],
      buckets: [0.05, 0.2, 1, 5, 10, 15, 20, 60, 300],
      registers,
    }),
    suppressed: new Counter({
      name: "sightline_alerter_notifications_suppressed_total",
      help: "Alerts that came to be hidden, by what hides them; told once each time it begins.",
      labelNames: ["reason"],
      registers,
    }),
    received: new Counter({
      name: "sightline_alerter_alerts_received_total",
      help: "Alerts that came in and were new, fired again or ended, by status.",
      labelNames: ["status"],
      registers,
    }),
    invalid: new Counter({
      name: "sightline_alerter_alerts_invalid_total",
      help: "Alerts that came in and were none.",
      registers,
    }),
    dropped: new Counter({
      name: "sightline_alerter_alerts_dropped_total",
      help: "Alerts that there was no room for: max_alerts, or max_groups for one in no group.",
      labelNames: ["reason"],
      registers,
    }),
  };
}

function createInboxGauges(registry: Registry) {
  const registers = [registry];
  return {
    entries: new Gauge({
      name: "sightline_alerter_inbox_entries",
      help: "What waits to be taken by whoever dispatches; told by that replica.",
      registers,
    }),
    bytes: new Gauge({ name: "sightline_alerter_inbox_bytes", help: "How large it is.", registers }),
    oldest: new Gauge({
      name: "sightline_alerter_inbox_oldest_seconds",
      help: "How long the oldest of it waits.",
      registers,
    }),
  };
}

/** Asked when somebody reads the metrics. */
function createTotals(registry: Registry, totals: () => DispatchTotals): void {
  const registers = [registry];
  const byState = (name: string, help: string, states: (now: DispatchTotals) => Readonly<Record<string, number>>) =>
    new Gauge({
      name,
      help,
      labelNames: ["state"],
      registers,
      collect() {
        for (const [state, count] of Object.entries(states(totals()))) this.set({ state }, count);
      },
    });
  const plain = (name: string, help: string, count: (now: DispatchTotals) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(count(totals()));
      },
    });
  byState("sightline_alerter_alerts", "Alerts that fire, by state.", (now) => ({
    active: now.activeAlerts,
    suppressed: now.suppressedAlerts,
  }));
  byState("sightline_alerter_silences", "Silences, by state.", (now) => ({
    active: now.activeSilences,
    pending: now.pendingSilences,
    expired: now.expiredSilences,
  }));
  plain("sightline_alerter_dispatcher_aggregation_groups", "Groups of alerts.", (now) => now.groups);
  plain("sightline_alerter_nflog_entries", "Entries of the notification log.", (now) => now.logEntries);
  plain("sightline_alerter_notifications_in_flight", "Notifications that are being sent.", (now) => now.inFlight);
}
