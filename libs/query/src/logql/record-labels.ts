// What a log record of OpenTelemetry is in LogQL: a line of a stream, with labels of its own.
import type { Labels } from "./stages/line.ts";

/** A stream's own name for what it is of, which every one has (Loki's `discover_service_name`). */
export const SERVICE_NAME = "service_name";
/** What Loki calls the service of streams that do not say. */
export const UNKNOWN_SERVICE = "unknown_service";
/** How bad a line is, in Loki's words (its `discover_log_levels`). */
export const DETECTED_LEVEL = "detected_level";
export const TRACE_ID = "trace_id";
export const SPAN_ID = "span_id";

/** The label that an attribute is, as Loki names those of OTLP: what no name may have becomes an underscore. */
export function labelNameOf(key: string): string {
  return key.replace(/^(?=[0-9])/, "key_").replace(/[^a-zA-Z0-9_]/gu, "_");
}

/** Keys and values of a map as they lie in columns. */
export interface Pairs {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** The labels of a stream: its service, and the attributes of its resource. */
export function streamOf(serviceName: string, resource: Pairs): Labels {
  const labels = labelsOf(resource);
  labels.set(SERVICE_NAME, serviceName === "" ? UNKNOWN_SERVICE : serviceName);
  return labels;
}

/** What a record says beside its attributes. */
export interface RecordFacts {
  /** 0 for unknown. */
  readonly severity: number;
  /** "" for none. */
  readonly traceId: string;
  readonly spanId: string;
}

/** The structured metadata of a line: the attributes of the record, and what is known of it beside them. */
export function metadataOf(attributes: Pairs, { severity, traceId, spanId }: RecordFacts): Labels {
  const labels = labelsOf(attributes);
  if (!labels.has(DETECTED_LEVEL)) labels.set(DETECTED_LEVEL, levelOf(severity));
  if (traceId !== "" && !labels.has(TRACE_ID)) labels.set(TRACE_ID, traceId);
  if (spanId !== "" && !labels.has(SPAN_ID)) labels.set(SPAN_ID, spanId);
  return labels;
}

/** Of keys that come to the same name the one that is the name counts, else the first. Empty labels are none. */
function labelsOf({ keys, values }: Pairs): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [at, key] of keys.entries()) {
    const name = labelNameOf(key);
    if (name === key || !labels.has(name)) labels.set(name, values[at] ?? "");
  }
  for (const [name, value] of labels) if (value === "") labels.delete(name);
  return labels;
}

const LEVELS = ["unknown", "trace", "debug", "info", "warn", "error", "fatal"] as const;

/** The level of one of OpenTelemetry's severity numbers. */
function levelOf(severity: number): string {
  return LEVELS[Math.min(Math.ceil(severity / 4), LEVELS.length - 1)] ?? LEVELS[0];
}
