import { type Attributes, type AttributeValue, logs, SeverityNumber, trace } from "@opentelemetry/api";
import { pino } from "pino";

/** The levels that can be configured, least first; `silent` writes nothing. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Writes what happens to a service: lifecycle and decisions, never single records. Messages are lower-case; what
 * varies goes into the fields. An error goes into the field `err`.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Where log lines go: standard output, or anything with one method. */
export interface LogDestination {
  write(line: string): void;
}

export interface LoggerOptions {
  /** Name of the service, on every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Default: standard output. */
  readonly destination?: LogDestination;
  /** Whether the lines are also given to OpenTelemetry. Default true; without an SDK that costs nothing. */
  readonly bridged?: boolean;
}

const SEVERITY = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

type Method = keyof typeof SEVERITY;

/** A longer attribute is cut off: logs are for people. */
const MAX_ATTRIBUTE_CHARS = 8192;

/** A logger that writes one JSON object a line and gives the same record to OpenTelemetry's logs API. */
export function createLogger({ name, level, destination, bridged = true }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: traceFields,
  };
  // Synchronous, so that lines keep their order and none is lost when the process ends.
  const lines = pino(options, destination ?? pino.destination({ dest: process.stdout.fd, sync: true }));
  const method = (at: Method) => (fields: object, message: string) => {
    if (!lines.isLevelEnabled(at)) return;
    lines[at](fields, message);
    if (!bridged) return;
    logs.getLogger(name).emit({
      severityNumber: SEVERITY[at],
      severityText: at.toUpperCase(),
      body: message,
      attributes: attributesOf(fields),
    });
  };
  return { debug: method("debug"), info: method("info"), warn: method("warn"), error: method("error") };
}

/** Ties a line to the trace it was written in. */
function traceFields(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

function attributesOf(fields: object): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (value instanceof Error) {
      attributes["exception.type"] = value.name;
      attributes["exception.message"] = value.message;
      attributes["exception.stacktrace"] = (value.stack ?? "").slice(0, MAX_ATTRIBUTE_CHARS);
    } else {
      attributes[key] = attributeOf(value);
    }
  }
  return attributes;
}

function attributeOf(value: unknown): AttributeValue {
  if (typeof value === "string") return value.slice(0, MAX_ATTRIBUTE_CHARS);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, MAX_ATTRIBUTE_CHARS);
  } catch {
    // Circular or with a bigint inside: its kind is still worth a word.
    return String(value);
  }
}
