import { Counter, Gauge, type Registry } from "prom-client";
import type { Limits } from "./limits.ts";
import type { LimitObserver } from "./tenant-gate.ts";

export interface TenantMetricsOptions {
  readonly limits: (tenant: string) => Limits;
  /** Active series. */
  readonly series: (tenant: string) => number;
  /** Tenants with lines of their own; all others share one, `_others`. */
  readonly maxTenants: number;
}

const OTHERS = "_others";

/** What is counted of tenants. */
export type TenantMetrics = Pick<LimitObserver, "used" | "limited">;

/** Registers what tenants may send, what they do send, and what they were refused. */
export function createTenantMetrics(registry: Registry, options: TenantMetricsOptions): TenantMetrics {
  const registers = [registry];
  const shown = new Set<string>();
  const labelOf = (tenant: string): string => {
    if (shown.has(tenant)) return tenant;
    if (shown.size >= options.maxTenants) return OTHERS;
    shown.add(tenant);
    return tenant;
  };
  const bytes = new Counter({
    name: "sightline_ingest_tenant_bytes_total",
    help: "Bytes of requests of a tenant that its rate let through.",
    labelNames: ["tenant"],
    registers,
  });
  const records = new Counter({
    name: "sightline_ingest_tenant_records_total",
    help: "Records of a tenant that its rate let through.",
    labelNames: ["tenant"],
    registers,
  });
  const limited = new Counter({
    name: "sightline_ingest_tenant_limited_total",
    help: "What a limit of its tenant refused: whole requests, or data points of the limit of series.",
    labelNames: ["tenant", "limit"],
    registers,
  });
  new Gauge({
    name: "sightline_ingest_tenant_series",
    help: "Series of metrics of a tenant that are active in this process.",
    labelNames: ["tenant"],
    registers,
    collect() {
      for (const tenant of shown) this.set({ tenant }, options.series(tenant));
    },
  });
  new Gauge({
    name: "sightline_ingest_tenant_limit",
    help: "What a tenant may send: bytes and records a second, active series.",
    labelNames: ["tenant", "limit"],
    registers,
    collect() {
      for (const tenant of shown) {
        const { bytesPerSecond, recordsPerSecond, maxSeries } = options.limits(tenant);
        this.set({ tenant, limit: "bytes_per_second" }, bytesPerSecond);
        this.set({ tenant, limit: "records_per_second" }, recordsPerSecond);
        this.set({ tenant, limit: "series" }, maxSeries);
      }
    },
  });
  return {
    used: (name, use) => {
      const tenant = labelOf(name);
      bytes.inc({ tenant }, use.bytes);
      records.inc({ tenant }, use.records);
    },
    limited: (name, limit, count) => limited.inc({ tenant: labelOf(name), limit }, count),
  };
}
