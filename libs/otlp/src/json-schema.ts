/** The scalar types of protobuf that OTLP has; `id` is a bytes field that JSON writes in hex. */
export type Scalar =
  | "string"
  | "bytes"
  | "id"
  | "bool"
  | "enum"
  | "int32"
  | "sint32"
  | "uint32"
  | "fixed32"
  | "int64"
  | "uint64"
  | "fixed64"
  | "sfixed64"
  | "double";

export interface JsonField {
  readonly number: number;
  readonly type: Scalar | (() => JsonMessage);
  readonly repeated: boolean;
}

/** Fields by their names in JSON. */
export type JsonMessage = Readonly<Record<string, JsonField>>;

const one = (number: number, type: JsonField["type"]): JsonField => ({ number, type, repeated: false });
const many = (number: number, type: JsonField["type"]): JsonField => ({ number, type, repeated: true });

const anyValue: JsonMessage = {
  stringValue: one(1, "string"),
  boolValue: one(2, "bool"),
  intValue: one(3, "int64"),
  doubleValue: one(4, "double"),
  arrayValue: one(5, () => arrayValue),
  kvlistValue: one(6, () => keyValueList),
  bytesValue: one(7, "bytes"),
};
const keyValue: JsonMessage = { key: one(1, "string"), value: one(2, () => anyValue) };
const arrayValue: JsonMessage = { values: many(1, () => anyValue) };
const keyValueList: JsonMessage = { values: many(1, () => keyValue) };
const attributes = (number: number) => many(number, () => keyValue);

const resource: JsonMessage = { attributes: attributes(1), droppedAttributesCount: one(2, "uint32") };
const scope: JsonMessage = {
  name: one(1, "string"),
  version: one(2, "string"),
  attributes: attributes(3),
  droppedAttributesCount: one(4, "uint32"),
};

/** A signal's request: resources with scopes with records, by the names that the signal gives them. */
function request(
  names: { readonly inResource: string; readonly inScope: string; readonly records: string },
  of: JsonMessage,
): JsonMessage {
  const inScope: JsonMessage = {
    scope: one(1, () => scope),
    [names.records]: many(2, () => of),
    schemaUrl: one(3, "string"),
  };
  const inResource: JsonMessage = {
    resource: one(1, () => resource),
    [names.inScope]: many(2, () => inScope),
    schemaUrl: one(3, "string"),
  };
  return { [names.inResource]: many(1, () => inResource) };
}

const event: JsonMessage = {
  timeUnixNano: one(1, "fixed64"),
  name: one(2, "string"),
  attributes: attributes(3),
  droppedAttributesCount: one(4, "uint32"),
};
const link: JsonMessage = {
  traceId: one(1, "id"),
  spanId: one(2, "id"),
  traceState: one(3, "string"),
  attributes: attributes(4),
  droppedAttributesCount: one(5, "uint32"),
  flags: one(6, "fixed32"),
};
const status: JsonMessage = { message: one(2, "string"), code: one(3, "enum") };
const span: JsonMessage = {
  traceId: one(1, "id"),
  spanId: one(2, "id"),
  traceState: one(3, "string"),
  parentSpanId: one(4, "id"),
  name: one(5, "string"),
  kind: one(6, "enum"),
  startTimeUnixNano: one(7, "fixed64"),
  endTimeUnixNano: one(8, "fixed64"),
  attributes: attributes(9),
  droppedAttributesCount: one(10, "uint32"),
  events: many(11, () => event),
  droppedEventsCount: one(12, "uint32"),
  links: many(13, () => link),
  droppedLinksCount: one(14, "uint32"),
  status: one(15, () => status),
  flags: one(16, "fixed32"),
};

const logRecord: JsonMessage = {
  timeUnixNano: one(1, "fixed64"),
  severityNumber: one(2, "enum"),
  severityText: one(3, "string"),
  body: one(5, () => anyValue),
  attributes: attributes(6),
  droppedAttributesCount: one(7, "uint32"),
  flags: one(8, "fixed32"),
  traceId: one(9, "id"),
  spanId: one(10, "id"),
  observedTimeUnixNano: one(11, "fixed64"),
  eventName: one(12, "string"),
};

const exemplar: JsonMessage = {
  timeUnixNano: one(2, "fixed64"),
  asDouble: one(3, "double"),
  spanId: one(4, "id"),
  traceId: one(5, "id"),
  asInt: one(6, "sfixed64"),
  filteredAttributes: attributes(7),
};
const numberPoint: JsonMessage = {
  startTimeUnixNano: one(2, "fixed64"),
  timeUnixNano: one(3, "fixed64"),
  asDouble: one(4, "double"),
  exemplars: many(5, () => exemplar),
  asInt: one(6, "sfixed64"),
  attributes: attributes(7),
  flags: one(8, "uint32"),
};
const histogramPoint: JsonMessage = {
  startTimeUnixNano: one(2, "fixed64"),
  timeUnixNano: one(3, "fixed64"),
  count: one(4, "fixed64"),
  sum: one(5, "double"),
  bucketCounts: many(6, "fixed64"),
  explicitBounds: many(7, "double"),
  exemplars: many(8, () => exemplar),
  attributes: attributes(9),
  flags: one(10, "uint32"),
  min: one(11, "double"),
  max: one(12, "double"),
};
const buckets: JsonMessage = { offset: one(1, "sint32"), bucketCounts: many(2, "uint64") };
const exponentialPoint: JsonMessage = {
  attributes: attributes(1),
  startTimeUnixNano: one(2, "fixed64"),
  timeUnixNano: one(3, "fixed64"),
  count: one(4, "fixed64"),
  sum: one(5, "double"),
  scale: one(6, "sint32"),
  zeroCount: one(7, "fixed64"),
  positive: one(8, () => buckets),
  negative: one(9, () => buckets),
  flags: one(10, "uint32"),
  exemplars: many(11, () => exemplar),
  min: one(12, "double"),
  max: one(13, "double"),
  zeroThreshold: one(14, "double"),
};
const valueAtQuantile: JsonMessage = { quantile: one(1, "double"), value: one(2, "double") };
const summaryPoint: JsonMessage = {
  startTimeUnixNano: one(2, "fixed64"),
  timeUnixNano: one(3, "fixed64"),
  count: one(4, "fixed64"),
  sum: one(5, "double"),
  quantileValues: many(6, () => valueAtQuantile),
  attributes: attributes(7),
  flags: one(8, "uint32"),
};
const gauge: JsonMessage = { dataPoints: many(1, () => numberPoint) };
const sum: JsonMessage = { ...gauge, aggregationTemporality: one(2, "enum"), isMonotonic: one(3, "bool") };
const histogram: JsonMessage = { dataPoints: many(1, () => histogramPoint), aggregationTemporality: one(2, "enum") };
const exponentialHistogram: JsonMessage = {
  dataPoints: many(1, () => exponentialPoint),
  aggregationTemporality: one(2, "enum"),
};
const summary: JsonMessage = { dataPoints: many(1, () => summaryPoint) };
const metric: JsonMessage = {
  name: one(1, "string"),
  description: one(2, "string"),
  unit: one(3, "string"),
  gauge: one(5, () => gauge),
  sum: one(7, () => sum),
  histogram: one(9, () => histogram),
  exponentialHistogram: one(10, () => exponentialHistogram),
  summary: one(11, () => summary),
  metadata: attributes(12),
};

/** The requests of opentelemetry-proto 1.11 by the names of their fields in JSON. */
export const JSON_REQUESTS = {
  traces: request({ inResource: "resourceSpans", inScope: "scopeSpans", records: "spans" }, span),
  logs: request({ inResource: "resourceLogs", inScope: "scopeLogs", records: "logRecords" }, logRecord),
  metrics: request({ inResource: "resourceMetrics", inScope: "scopeMetrics", records: "metrics" }, metric),
};
