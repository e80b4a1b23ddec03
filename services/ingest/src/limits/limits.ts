import type { TenantLimits } from "@sightline/postgres/tenant-limits";

/** A tenant's limits that other services apply. */
type AppliedElsewhere = "maxSpanSeries";

/** What one tenant may send, all of it decided. */
export type Limits = {
  readonly [Name in Exclude<keyof TenantLimits, AppliedElsewhere>]-?: NonNullable<TenantLimits[Name]>;
};

/** The limits of the configuration with what the tenant has of its own. */
export function limitsOf(defaults: Limits, own: TenantLimits = {}): Limits {
  const of = (name: keyof Limits): number => own[name] ?? defaults[name];
  return {
    bytesPerSecond: of("bytesPerSecond"),
    burstBytes: of("burstBytes"),
    recordsPerSecond: of("recordsPerSecond"),
    burstRecords: of("burstRecords"),
    maxSeries: of("maxSeries"),
    // The configuration says how much may be held at all.
    maxRequestBytes: Math.min(of("maxRequestBytes"), defaults.maxRequestBytes),
    maxRecordBytes: of("maxRecordBytes"),
    maxAttributes: of("maxAttributes"),
    maxKeyBytes: of("maxKeyBytes"),
    maxValueBytes: of("maxValueBytes"),
  };
}
