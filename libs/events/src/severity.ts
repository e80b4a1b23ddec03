import { isSeverity, SEVERITIES, type Severity, severityOfRank } from "@sightline/model/severity";
import { Severity as ProtoSeverity } from "@sightline/proto/sightline/event/v1/event";

const toProto = {
  debug: ProtoSeverity.DEBUG,
  info: ProtoSeverity.INFO,
  warning: ProtoSeverity.WARNING,
  error: ProtoSeverity.ERROR,
  critical: ProtoSeverity.CRITICAL,
} as const satisfies Record<Severity, ProtoSeverity>;

/** The protobuf number of a severity. */
export function severityToProto(severity: Severity): ProtoSeverity {
  return toProto[severity];
}

/** The severity of a protobuf number; unspecified and unknown ones are info. */
export function severityFromProto(severity: ProtoSeverity): Severity {
  return severityOfRank(severity);
}

/** What other systems call our five levels: syslog, Python, log4j, OpenTelemetry. */
const aliases: ReadonlyMap<string, Severity> = new Map([
  ["trace", "debug"],
  ["information", "info"],
  ["informational", "info"],
  ["notice", "info"],
  ["warn", "warning"],
  ["err", "error"],
  ["fatal", "critical"],
  ["crit", "critical"],
  ["alert", "critical"],
  ["emergency", "critical"],
  ["emerg", "critical"],
  ["panic", "critical"],
]);

/**
 * The severity of a name in any case, of a usual other name for it (warn, fatal…), or of its protobuf spelling
 * (SEVERITY_WARNING). Undefined when it is none of these.
 */
export function parseSeverity(name: string): Severity | undefined {
  const lower = name
    .trim()
    .toLowerCase()
    .replace(/^severity_/, "");
  return isSeverity(lower) ? lower : aliases.get(lower);
}

/** For messages: what a severity may be. */
export const severityNames = SEVERITIES.join(", ");
