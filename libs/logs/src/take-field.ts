import type { FieldMeaning, Role } from "./field-meaning.ts";
import type { LogRecord } from "./log-record.ts";
import { logTime } from "./log-time.ts";
import { severityOfLevel, severityOfNumber, severityOfText } from "./severity.ts";
import { decimalId, type NormalId, spanIdOf, traceIdOf, traceParent } from "./trace-ids.ts";

/** A field with a value. */
export interface Leaf {
  meaning: FieldMeaning;
  value: unknown;
  /** Whether a role took it, so that it is no attribute. */
  taken: boolean;
}

/** Takes a value into the record for a role, and the leaf with it; false when the value cannot be that. */
export type Take = (record: LogRecord, value: unknown, leaf: Leaf) => boolean;

/** By role. */
export const TAKE: Readonly<Record<Role, Take>> = {
  time(record, value, leaf) {
    const time = logTime(value);
    if (time === undefined) return false;
    record.timeUnixNano = time;
    leaf.taken = true;
    return true;
  },
  level(record, value, leaf) {
    const isText = typeof value === "string";
    const number = isText ? severityOfText(value) : typeof value === "number" ? severityOfLevel(value) : 0;
    if (number === 0) return false;
    record.severityNumber = number;
    record.severityText = isText && !isDigits(value) ? value : "";
    leaf.taken = true;
    return true;
  },
  severityNumber(record, value, leaf) {
    // OpenTelemetry's exporters write the name here as often as the number.
    const number = typeof value === "string" ? severityOfText(value) : severityOfNumber(Number(value));
    if (number === 0) return false;
    leaf.taken = true;
    if (record.severityNumber === 0) record.severityNumber = number;
    return true;
  },
  message(record, value, leaf) {
    if (typeof value === "object") return false;
    record.body = typeof value === "string" ? withoutLineEnd(value) : value;
    leaf.taken = true;
    return true;
  },
  service(record, value, leaf) {
    if (typeof value !== "string" || value === "") return false;
    record.service = value;
    // The names that others go by stay: a label, an app.
    leaf.taken = SERVICE_NAMES.has(leaf.meaning.name);
    return true;
  },
  host(record, value, leaf) {
    if (typeof value !== "string" || value === "") return false;
    record.host = value;
    leaf.taken = true;
    return true;
  },
  event(record, value, leaf) {
    if (typeof value !== "string" || !/^[\w.:/-]{1,128}$/.test(value)) return false;
    record.eventName = value;
    leaf.taken = true;
    return true;
  },
  traceId: (record, value, leaf) => takeTrace(record, traceIdOf(value), leaf),
  datadogTrace: (record, value, leaf) => record.traceId === "" && takeTrace(record, decimalId(value, "trace"), leaf),
  spanId: (record, value, leaf) => takeSpan(record, spanIdOf(value), leaf),
  datadogSpan: (record, value, leaf) => record.spanId === "" && takeSpan(record, decimalId(value, "span"), leaf),
  traceparent(record, value, leaf) {
    const parent = traceParent(value);
    if (parent === undefined) return false;
    if (record.traceId === "") record.traceId = parent.traceId;
    if (record.spanId === "") record.spanId = parent.spanId;
    record.traceFlags = parent.flags;
    leaf.taken = true;
    return true;
  },
  traceFlags(record, value, leaf) {
    const flags = typeof value === "string" ? Number.parseInt(value, 16) : Number(value);
    if (!Number.isInteger(flags) || flags < 0 || flags > 255) return false;
    record.traceFlags = flags;
    leaf.taken = true;
    return true;
  },
};

const SERVICE_NAMES: ReadonlySet<string> = new Set(["service", "service.name", "service_name", "serviceName"]);

function takeTrace(record: LogRecord, id: NormalId | undefined, leaf: Leaf): boolean {
  if (id === undefined) return false;
  record.traceId = id.hex;
  leaf.taken = id.same;
  return true;
}

function takeSpan(record: LogRecord, id: NormalId | undefined, leaf: Leaf): boolean {
  if (id === undefined) return false;
  record.spanId = id.hex;
  leaf.taken = id.same;
  return true;
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text);
}

function withoutLineEnd(text: string): string {
  return text.endsWith("\n") ? text.replace(/\r?\n$/, "") : text;
}
