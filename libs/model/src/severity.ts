/** The five severities of an event, least first. The position is the rank: comparable with < and >. */
export const SEVERITIES = ["debug", "info", "warning", "error", "critical"] as const;

export type Severity = (typeof SEVERITIES)[number];

export function isSeverity(text: string): text is Severity {
  return SEVERITIES.some((severity) => severity === text);
}

/** 1 (debug) to 5 (critical): the numbers of `sightline.event.v1.Severity`. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity) + 1;
}

/** The severity of a rank of `sightline.event.v1.Severity`; anything out of range is info. */
export function severityOfRank(rank: number): Severity {
  return SEVERITIES[rank - 1] ?? "info";
}

/**
 * The severity of an OpenTelemetry log severity number (1 to 24; opentelemetry-proto logs.proto, SeverityNumber).
 * Unset (0) is info.
 */
export function severityOfLogNumber(severityNumber: number): Severity {
  if (severityNumber >= 21) return "critical";
  if (severityNumber >= 17) return "error";
  if (severityNumber >= 13) return "warning";
  if (severityNumber >= 9 || severityNumber === 0) return "info";
  return "debug";
}
