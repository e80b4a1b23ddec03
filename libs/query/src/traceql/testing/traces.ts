import type { KindName, StatusName } from "../intrinsic.ts";
import type { StoredField } from "../stored-field.ts";
import type { Cell, TraceColumns } from "../trace.ts";

type Attributes = Readonly<Record<string, string>>;

/** A span as a test writes it. */
export interface SpanLiteral {
  readonly id: string;
  /** "" or absent at the root. */
  readonly parent?: string;
  readonly name?: string;
  readonly service?: string;
  /** Milliseconds since the trace began. */
  readonly at?: number;
  readonly ms?: number;
  readonly status?: StatusName;
  readonly message?: string;
  readonly kind?: KindName;
  readonly span?: Attributes;
  readonly resource?: Attributes;
  readonly scope?: { readonly name: string; readonly version: string };
  readonly events?: readonly { readonly name: string; readonly at?: number; readonly attributes?: Attributes }[];
  readonly links?: readonly { readonly trace: string; readonly span: string; readonly attributes?: Attributes }[];
}

/** When traces of tests begin, if nothing else is said. */
export const EPOCH_MS = 1_700_000_000_000;

/** The columns of a trace as somebody reads them for a plan. */
export function columnsOfSpans(
  spans: readonly SpanLiteral[],
  fields: readonly StoredField[],
  trace: { readonly id?: string; readonly beganMs?: number } = {},
): TraceColumns {
  const { id = "0af7651916cd43dd8448eb211c80319c", beganMs = EPOCH_MS } = trace;
  return {
    traceId: id,
    spanCount: spans.length,
    columns: fields.map((field) => spans.map((span) => cellOf(span, field, { id, beganMs }))),
    eachAttribute(at, give) {
      for (const [name, value] of Object.entries(spans[at]?.span ?? {})) give(`span.${name}`, value);
      const resource = spans[at]?.resource ?? {};
      for (const [name, value] of Object.entries(resource)) give(`resource.${name}`, value);
    },
  };
}

function cellOf(span: SpanLiteral, field: StoredField, trace: { id: string; beganMs: number }): Cell {
  switch (field.type) {
    case "start":
      return BigInt(trace.beganMs + (span.at ?? 0)) * 1_000_000n;
    case "attribute":
      return attributeOf(span, field.scope, field.name);
    case "intrinsic":
      return intrinsicOf(span, field.intrinsic, trace.id);
  }
}

function attributeOf(
  span: SpanLiteral,
  scope: Extract<StoredField, { type: "attribute" }>["scope"],
  name: string,
): Cell {
  const own = (attributes: Attributes | undefined) =>
    attributes !== undefined && Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null;
  const ofResource = () => own(span.resource) ?? (name === "service.name" ? (span.service ?? null) : null);
  switch (scope) {
    case "none":
      return own(span.span) ?? ofResource();
    case "span":
      return own(span.span);
    case "resource":
      return ofResource();
    case "event":
      return (span.events ?? []).flatMap(({ attributes }) => own(attributes) ?? []);
    case "link":
      return (span.links ?? []).flatMap(({ attributes }) => own(attributes) ?? []);
    case "instrumentation":
      return null;
  }
}

function intrinsicOf(
  span: SpanLiteral,
  intrinsic: Extract<StoredField, { type: "intrinsic" }>["intrinsic"],
  traceId: string,
): Cell {
  switch (intrinsic) {
    case "name":
      return span.name ?? span.id;
    case "duration":
      return (span.ms ?? 1) * 1e6;
    case "status":
      return span.status ?? "unset";
    case "statusMessage":
      return span.message ?? "";
    case "kind":
      return span.kind ?? "internal";
    case "trace:id":
      return traceId;
    case "span:id":
      return span.id;
    case "span:parentID":
      return span.parent ?? "";
    case "event:name":
      return (span.events ?? []).map(({ name }) => name);
    case "event:timeSinceStart":
      return (span.events ?? []).map(({ at = 0 }) => at * 1e6);
    case "link:traceID":
      return (span.links ?? []).map(({ trace }) => trace);
    case "link:spanID":
      return (span.links ?? []).map((link) => link.span);
    case "instrumentation:name":
      return span.scope?.name ?? "";
    case "instrumentation:version":
      return span.scope?.version ?? "";
  }
}
