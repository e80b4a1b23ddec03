/** Names and their values, in the order they came. */
export interface Pairs {
  readonly names: string[];
  readonly values: unknown[];
}

/** A log record as OpenTelemetry has it, but for the bytes. One is read into again and again. */
export interface LogRecord {
  /** 0 when the record gives none. */
  timeUnixNano: bigint;
  /** OpenTelemetry's, 1 to 24; 0 when the record gives none. */
  severityNumber: number;
  /** As it was sent; "" when it was a number. */
  severityText: string;
  /** Undefined when the record has none. */
  body: unknown;
  eventName: string;
  /** Lower-case hex of full length, or "". */
  traceId: string;
  spanId: string;
  traceFlags: number;
  /** "" when the record does not say. */
  service: string;
  /** Of the host; "" when the record does not say. */
  host: string;
  readonly attributes: Pairs;
  /** Those of the resource beside the names of the service and the host. */
  readonly resource: Pairs;
}

export function newLogRecord(): LogRecord {
  return {
    timeUnixNano: 0n,
    severityNumber: 0,
    severityText: "",
    body: undefined,
    eventName: "",
    traceId: "",
    spanId: "",
    traceFlags: 0,
    service: "",
    host: "",
    attributes: { names: [], values: [] },
    resource: { names: [], values: [] },
  };
}

/** Makes it a record that says nothing. */
export function clearLogRecord(record: LogRecord): void {
  record.timeUnixNano = 0n;
  record.severityNumber = 0;
  record.severityText = "";
  record.body = undefined;
  record.eventName = "";
  record.traceId = "";
  record.spanId = "";
  record.traceFlags = 0;
  record.service = "";
  record.host = "";
  for (const { names, values } of [record.attributes, record.resource]) {
    names.length = 0;
    values.length = 0;
  }
}
