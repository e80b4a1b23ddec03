import type { RefusalReason } from "./violation.ts";
import { FIXED64, LENGTH } from "./wire.ts";

/** The signals of OTLP that are taken. */
export type OtlpSignal = "traces" | "metrics" | "logs";

/**
 * What a field is to validation:
 * - `attribute`: a KeyValue of a list of attributes; `value`: an AnyValue
 * - `name`: a string with a limit; `id`: bytes of one size that are not all zeros
 * - `time`: nanoseconds since the Unix epoch by which the record is kept; 0 is unset
 * - `message`: a part of its message; `shared`: one that is written out again for every record beside it
 * - `record`: a span, log record or data point; `group`: a message that has records
 * - `doubles`, `varints`: packed numbers, of 8 bytes each or varints
 */
type FieldKind =
  | "attribute"
  | "value"
  | "name"
  | "id"
  | "time"
  | "message"
  | "shared"
  | "record"
  | "group"
  | "doubles"
  | "varints";

/** A field that validation looks at; all others are passed over. All have one form, so that reading them is fast. */
export interface Field {
  readonly kind: FieldKind;
  readonly wireType: number;
  /** What a refusal calls it. */
  readonly name: string;
  /** Of an id. */
  readonly bytes: number;
  /** Set when the field is there and in order; see `Shape.required`. 0: it may be missing. */
  readonly bit: number;
  readonly shape: Shape;
}

/** What validation knows of a message. */
export interface Shape {
  readonly name: string;
  /** By field number. */
  readonly fields: readonly (Field | undefined)[];
  /** The bits of the fields that must be there. */
  readonly required: number;
  /** What is said when one is not. */
  readonly requirement: string;
  readonly requiredReason: RefusalReason;
}

const NO_SHAPE: Shape = { name: "", fields: [], required: 0, requirement: "", requiredReason: "ids" };

function shape(name: string, fields: Readonly<Record<number, Field>>, more: Partial<Shape> = {}): Shape {
  const byNumber: (Field | undefined)[] = [];
  for (const [number, field] of Object.entries(fields)) byNumber[Number(number)] = field;
  // Holes would make the array a slow one.
  return { ...NO_SHAPE, ...more, name, fields: Array.from(byNumber, (field) => field) };
}

function field(kind: FieldKind, more: Partial<Field> = {}): Field {
  return { kind, wireType: LENGTH, name: "", bytes: 0, bit: 0, shape: NO_SHAPE, ...more };
}

const attribute = field("attribute");
const value = field("value");
const name = (text: string, bit = 0) => field("name", { name: text, bit });
const id = (text: string, bytes: number, bit = 0) => field("id", { name: text, bytes, bit });
const time = (text: string) => field("time", { name: text, wireType: FIXED64 });
const message = (of: Shape) => field("message", { shape: of });
const record = (of: Shape) => field("record", { shape: of });
const group = (of: Shape) => field("group", { shape: of });

const entity = shape("entity", {});
const resource = field("shared", { shape: shape("resource", { 1: attribute, 3: message(entity) }) });
const scope = field("shared", { shape: shape("scope", { 1: name("a scope's name"), 3: attribute }) });

/** ExportXServiceRequest, with the resources and scopes that all signals have. */
function request(records: Field): Shape {
  const inScope = shape("scope", { 1: scope, 2: records });
  const inResource = shape("resource", { 1: resource, 2: group(inScope) });
  return shape("request", { 1: group(inResource) });
}

const event = message(shape("span event", { 2: name("a span event's name"), 3: attribute }));
const link = message(shape("link", { 4: attribute }));
const span = shape(
  "span",
  {
    1: id("a span's trace_id", 16, 1),
    2: id("a span's span_id", 8, 2),
    4: id("a span's parent_span_id", 8),
    5: name("a span's name"),
    7: time("a span's start time"),
    9: attribute,
    11: event,
    13: link,
    15: message(shape("status", {})),
  },
  { required: 3, requirement: "a span has no trace_id or span_id, want 16 and 8 bytes" },
);

const logRecord = shape("log record", {
  1: time("a log record's time"),
  5: value,
  6: attribute,
  11: time("a log record's observed time"),
});

const exemplar = message(shape("exemplar", { 2: time("an exemplar's time"), 7: attribute }));
const doubles = field("doubles");
const buckets = message(shape("buckets", { 2: field("varints") }));
const quantile = message(shape("quantile", {}));
const pointTime = time("a data point's time");
const point = (text: string, fields: Readonly<Record<number, Field>>) =>
  record(shape(text, { 3: pointTime, ...fields }));
const number = point("data point", { 5: exemplar, 7: attribute });
const histogram = point("histogram data point", { 6: doubles, 7: doubles, 8: exemplar, 9: attribute });
const exponential = point("exponential histogram data point", {
  1: attribute,
  8: buckets,
  9: buckets,
  11: exemplar,
});
const summary = point("summary data point", { 6: quantile, 7: attribute });
const points = (of: Field) => message(shape("metric's data", { 1: of }));
const metric = shape(
  "metric",
  {
    1: name("a metric's name", 1),
    5: points(number),
    7: points(number),
    9: points(histogram),
    10: points(exponential),
    11: points(summary),
    12: attribute,
  },
  { required: 1, requirement: "a metric has no name", requiredReason: "name" },
);

/** The requests as opentelemetry-proto has them: fields by number, as far as validation looks. */
export const REQUESTS: Readonly<Record<OtlpSignal, Shape>> = {
  traces: request(record(span)),
  logs: request(record(logRecord)),
  metrics: request(group(metric)),
};
