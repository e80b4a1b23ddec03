import { LENGTH } from "./wire.ts";

/** The signals of OTLP that are taken. */
export type OtlpSignal = "traces" | "metrics" | "logs";

/** A field that validation looks at; all others are passed over. */
export type Field =
  /** A KeyValue of a list of attributes. */
  | { readonly kind: "attribute" | "value"; readonly wireType: number }
  | { readonly kind: "name"; readonly wireType: number; readonly name: string; readonly bit: number }
  | {
      readonly kind: "id";
      readonly wireType: number;
      readonly name: string;
      readonly bytes: number;
      readonly bit: number;
    }
  /** A part of its message, a record, or a message that has records. */
  | { readonly kind: "message" | "record" | "group"; readonly wireType: number; readonly shape: Shape };

/** What validation knows of a message. */
export interface Shape {
  readonly name: string;
  /** By field number. */
  readonly fields: readonly (Field | undefined)[];
  /** The bits of the fields that must be there. */
  readonly required: number;
  /** What is said when one is not. */
  readonly requirement: string;
}

function shape(name: string, fields: Readonly<Record<number, Field>>, required = 0, requirement = ""): Shape {
  const byNumber: (Field | undefined)[] = [];
  for (const [number, field] of Object.entries(fields)) byNumber[Number(number)] = field;
  // Holes would make the array a slow one.
  return { name, fields: Array.from(byNumber, (field) => field), required, requirement };
}

const attribute: Field = { kind: "attribute", wireType: LENGTH };
const value: Field = { kind: "value", wireType: LENGTH };
const name = (text: string, bit = 0): Field => ({ kind: "name", wireType: LENGTH, name: text, bit });
const id = (text: string, bytes: number, bit: number): Field => ({
  kind: "id",
  wireType: LENGTH,
  name: text,
  bytes,
  bit,
});
const message = (of: Shape): Field => ({ kind: "message", wireType: LENGTH, shape: of });
const record = (of: Shape): Field => ({ kind: "record", wireType: LENGTH, shape: of });
const group = (of: Shape): Field => ({ kind: "group", wireType: LENGTH, shape: of });

const resource = message(shape("resource", { 1: attribute }));
const scope = message(shape("scope", { 1: name("a scope's name"), 3: attribute }));

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
    5: name("a span's name"),
    9: attribute,
    11: event,
    13: link,
  },
  3,
  "a span has no trace_id or span_id, want 16 and 8 bytes",
);

const logRecord = shape("log record", { 5: value, 6: attribute });

const exemplar = message(shape("exemplar", { 7: attribute }));
const number = record(shape("data point", { 5: exemplar, 7: attribute }));
const histogram = record(shape("histogram data point", { 8: exemplar, 9: attribute }));
const exponential = record(shape("exponential histogram data point", { 1: attribute, 11: exemplar }));
const summary = record(shape("summary data point", { 7: attribute }));
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
  1,
  "a metric has no name",
);

/** The requests as opentelemetry-proto has them: fields by number, as far as validation looks. */
export const REQUESTS: Readonly<Record<OtlpSignal, Shape>> = {
  traces: request(record(span)),
  logs: request(record(logRecord)),
  metrics: request(group(metric)),
};
