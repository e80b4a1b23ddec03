import { Counter, Gauge, type Registry } from "prom-client";

/** The labels of a series: an alert as one receiver of a tenant was told of it. */
export interface AlertSeries {
  readonly tenant: string;
  readonly receiver: string;
  readonly alertname: string;
  readonly severity: string;
  readonly fingerprint: string;
}

/** Alerts as metrics: one series for each that a receiver was told of, 1 while it fires and 0 once it is over. */
export interface AlertGauge {
  set(series: AlertSeries, firing: boolean): void;
}

export interface AlertGaugeOptions {
  /** Series at a time; beyond that what is over goes first, then what was told longest ago. */
  readonly maxSeries: number;
}

/** Registers `sightline_alert_notified` and what was left out of it. */
export function createAlertGauge(registry: Registry, { maxSeries }: AlertGaugeOptions): AlertGauge {
  const labelNames = ["tenant", "receiver", "alertname", "severity", "fingerprint"] as const;
  const gauge = new Gauge({
    name: "sightline_alert_notified",
    help: "Alerts that a receiver of the kind metrics was told of: 1 while firing, 0 once resolved.",
    labelNames,
    registers: [registry],
  });
  const dropped = new Counter({
    name: "sightline_alert_notified_dropped_total",
    help: "Series of sightline_alert_notified that had to go because there were too many, by whether the alert was firing.",
    labelNames: ["firing"],
    registers: [registry],
  });
  const firing = new Map<string, AlertSeries>();
  const over = new Map<string, AlertSeries>();

  function drop(from: Map<string, AlertSeries>): void {
    const [oldest] = from;
    if (oldest === undefined) return;
    const [key, series] = oldest;
    from.delete(key);
    gauge.remove({ ...series });
    dropped.inc({ firing: String(from === firing) });
  }

  return {
    set(series, isFiring) {
      const key = JSON.stringify(labelNames.map((name) => series[name]));
      firing.delete(key);
      over.delete(key);
      (isFiring ? firing : over).set(key, series);
      gauge.set({ ...series }, isFiring ? 1 : 0);
      while (firing.size + over.size > maxSeries) drop(over.size > 0 ? over : firing);
    },
  };
}
