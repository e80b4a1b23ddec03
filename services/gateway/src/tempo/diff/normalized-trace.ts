import type { AnyValue, KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import {
  type ResourceSpans,
  type Span,
  Span_SpanKind,
  Status_StatusCode,
} from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import type { Breathe } from "@sightline/query/breath";

/** A value of an attribute; bytes as base64. */
export type Value = string | boolean | number | bigint | null | readonly Value[] | { readonly [key: string]: Value };

/** Which of its siblings a span is, below which. */
export interface Place {
  readonly above: Place | undefined;
  readonly index: number;
  /** How many there are from the root down to it. */
  readonly depth: number;
}

/** What a span is. */
export interface SpanRef {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
}

/** A span as it is compared. */
export interface NormalizedSpan {
  readonly ref: SpanRef;
  readonly place: Place;
  /** Spans that have this in common may be the same in two traces. */
  readonly identity: string;
  /** The identity of the span above it; "" of a root. */
  readonly parentIdentity: string;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  /** Undefined when its times are not set or the wrong way round. */
  readonly durationNanos: number | undefined;
  readonly status: "unset" | "ok" | "error";
  readonly attributes: ReadonlyMap<string, Value>;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
}

export interface NormalizedTrace {
  readonly traceId: string;
  readonly spanCount: number;
  /** Each before those below it. */
  readonly spans: readonly NormalizedSpan[];
  readonly warnings: readonly Warning[];
}

interface Found {
  readonly span: Span;
  readonly id: string;
  readonly parentId: string;
  readonly service: string;
}

/** A trace as a tree whose siblings are in the order in which they begin. */
export async function normalizeTrace(
  { traceId, resourceSpans }: { readonly traceId: string; readonly resourceSpans: readonly ResourceSpans[] },
  side: "base" | "compare",
  breathe: Breathe,
): Promise<NormalizedTrace> {
  const found = resourceSpans.flatMap(spansOf);
  const spans = await inOrder(found, breathe);
  return { traceId, spanCount: found.length, spans, warnings: warningsOf(found, spans, side) };
}

function spansOf({ resource, scopeSpans }: ResourceSpans): Found[] {
  const ofResource = serviceOf(resource?.attributes ?? []);
  return scopeSpans.flatMap((scope) =>
    scope.spans.map((span) => ({
      span,
      id: span.spanId.toString("hex"),
      parentId: span.parentSpanId.toString("hex"),
      service: serviceOf(span.attributes) || ofResource,
    })),
  );
}

function serviceOf(attributes: readonly KeyValue[]): string {
  const value = attributes.find(({ key }) => key === "service.name")?.value?.value;
  return value?.$case === "stringValue" ? value.value : "";
}

interface Waiting {
  readonly found: Found;
  readonly place: Place;
  readonly parentIdentity: string;
}

/** What is not below any root, because its spans are each other's parents, stands beside them. Without recursion: traces may be deep. */
async function inOrder(found: readonly Found[], breathe: Breathe): Promise<NormalizedSpan[]> {
  const ids = new Set(found.map(({ id }) => id));
  const sorted = found.toSorted(byBeginning);
  const below = Map.groupBy(sorted, ({ parentId }) => (ids.has(parentId) ? parentId : ""));
  const seen = new Set<string>();
  const spans: NormalizedSpan[] = [];
  let roots = 0;
  for (const root of [...(below.get("") ?? []), ...sorted]) {
    if (seen.has(root.id)) continue;
    const waiting: Waiting[] = [{ found: root, place: placeOf(undefined, roots), parentIdentity: "" }];
    roots += 1;
    seen.add(root.id);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { found: at, place } = next;
      const span = normalizeSpan(next);
      spans.push(span);
      await breathe();
      const children: Waiting[] = [];
      for (const child of below.get(at.id) ?? []) {
        // Of spans with the same id the first one counts.
        if (seen.has(child.id)) continue;
        seen.add(child.id);
        children.push({ found: child, place: placeOf(place, children.length), parentIdentity: span.identity });
      }
      waiting.push(...children.reverse());
    }
  }
  return spans;
}

function placeOf(above: Place | undefined, index: number): Place {
  return { above, index, depth: (above?.depth ?? 0) + 1 };
}

function byBeginning(one: Found, other: Found): number {
  const { startTimeUnixNano: a } = one.span;
  const { startTimeUnixNano: b } = other.span;
  if (a !== b) return a < b ? -1 : 1;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

function normalizeSpan({ found: { span, service }, place, parentIdentity }: Waiting): NormalizedSpan {
  const { startTimeUnixNano: startUnixNano, endTimeUnixNano: endUnixNano } = span;
  const ref = { service, name: span.name, kind: KINDS[span.kind] ?? "unspecified" };
  return {
    ref,
    place,
    identity: identityOf(ref),
    parentIdentity,
    startUnixNano,
    endUnixNano,
    durationNanos: hasDuration(span) ? Number(endUnixNano - startUnixNano) : undefined,
    status: STATUSES[span.status?.code ?? Status_StatusCode.UNSET] ?? "unset",
    attributes: new Map(span.attributes.map(({ key, value }) => [key, plainValue(value)])),
  };
}

function identityOf({ service, name, kind }: SpanRef): string {
  return JSON.stringify([service, name, kind]);
}

function hasDuration({ startTimeUnixNano, endTimeUnixNano }: Span): boolean {
  return startTimeUnixNano > 0n && endTimeUnixNano >= startTimeUnixNano;
}

const KINDS: Readonly<Record<number, string>> = {
  [Span_SpanKind.INTERNAL]: "internal",
  [Span_SpanKind.SERVER]: "server",
  [Span_SpanKind.CLIENT]: "client",
  [Span_SpanKind.PRODUCER]: "producer",
  [Span_SpanKind.CONSUMER]: "consumer",
};

const STATUSES: Readonly<Record<number, NormalizedSpan["status"]>> = {
  [Status_StatusCode.OK]: "ok",
  [Status_StatusCode.ERROR]: "error",
};

function plainValue(any: AnyValue | undefined): Value {
  const value = any?.value;
  switch (value?.$case) {
    case "arrayValue":
      return value.value.values.map(plainValue);
    case "kvlistValue":
      return Object.fromEntries(value.value.values.map((pair) => [pair.key, plainValue(pair.value)]));
    case "bytesValue":
      return Buffer.from(value.value).toString("base64");
    case "stringValue":
    case "boolValue":
    case "intValue":
    case "doubleValue":
      return value.value;
    default:
      return null;
  }
}

/** What warns of names that vary. */
export const VARYING_NAME = "high_cardinality_span_name";

/** Numbers of many digits, and what looks like a UUID or a hash. */
const HIGH_CARDINALITY = /\b(?:[0-9]{6,}|[0-9a-f][0-9a-f-]{7,})\b/i;
const MAX_EXAMPLES = 3;

function warningsOf(found: readonly Found[], spans: readonly NormalizedSpan[], side: string): Warning[] {
  const warnings: Warning[] = [];
  const varying = spans.find(({ ref }) => HIGH_CARDINALITY.test(ref.name));
  if (varying !== undefined) {
    const problem =
      "seems to hold an id: spans are matched by their names, so that the same work may count as added and removed";
    warnings.push({ code: VARYING_NAME, message: `the name ${labelOf(varying)} ${problem}` });
  }
  const timeless = spans.filter(({ durationNanos }) => durationNanos === undefined);
  if (timeless.length > 0) {
    const examples = timeless.slice(0, MAX_EXAMPLES).map(labelOf).join("; ");
    const problem = "without a duration, which is told as null where it is compared";
    const message = `the ${side} trace has ${timeless.length} span(s) ${problem}, such as ${examples}`;
    warnings.push({ code: "invalid_duration", message });
  }
  const twice = found.length - spans.length;
  if (twice > 0) {
    const message = `the ${side} trace has ${twice} span(s) whose id another one has: they are left out, and counts may differ`;
    warnings.push({ code: "duplicate_span_id", message });
  }
  return warnings;
}

function labelOf({ ref: { name, service, kind } }: NormalizedSpan): string {
  return `${JSON.stringify(name)} (service ${JSON.stringify(service)}, kind ${kind})`;
}
