import { type AttributeFinder, createAttributeFinder } from "./attribute-finder.ts";
import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { clearNanos, type Nanos, newNanos, takeNanos } from "./times.ts";
import { LENGTH, next, openWire, readUint32, tagOf, type Wire } from "./wire.ts";

/** A span's fields, or where they are in the payload. The same object with each call. */
export interface WalkedSpan {
  readonly traceId: Range;
  readonly spanId: Range;
  readonly parentSpanId: Range;
  readonly name: Range;
  readonly statusMessage: Range;
  readonly start: Nanos;
  readonly end: Nanos;
  /** The number of its Span.SpanKind. */
  kind: number;
  /** The number of its Status.StatusCode. */
  statusCode: number;
  /** How long it is on the wire. */
  bytes: number;
  /** The wanted attributes, in the order of `SpanWalkOptions.keys`. */
  readonly attributes: readonly Range[];
}

/** What spans have from their resource. The same object with each call. */
export interface WalkedResource {
  /** The wanted attributes, in the order of `SpanWalkOptions.keys`, and behind them `service.name`. */
  readonly attributes: readonly Range[];
}

export interface SpanVisitor {
  /** The spans that follow are of this resource. May leave the wire anywhere. */
  resource(wire: Wire, resource: WalkedResource): void;
  /** Whether the spans of a trace are wanted; the others are passed over. Asked once for each span that has an id of a trace. */
  wants(wire: Wire, traceId: Range): boolean;
  /** May leave the wire anywhere. */
  span(wire: Wire, span: WalkedSpan): void;
}

export interface SpanWalkOptions {
  /** The attributes that are looked for; at most 127 bytes each. */
  readonly keys: readonly string[];
  /** Whether those of spans of that kind are wanted; of others none are found. */
  wantsAttributes(kind: number): boolean;
}

/** Walks an ExportTraceServiceRequest. Throws AppError `invalid_argument` when the bytes are no such request. */
export type SpanWalk = (payload: Uint8Array, visitor: SpanVisitor) => void;

/** Of ExportTraceServiceRequest, ResourceSpans, ScopeSpans and Resource. */
const RESOURCE_SPANS = tagOf(1, LENGTH);
const RESOURCE = tagOf(1, LENGTH);
const SCOPE_SPANS = tagOf(2, LENGTH);
const SPANS = tagOf(2, LENGTH);
const RESOURCE_ATTRIBUTES = tagOf(1, LENGTH);

/** The numbers of Span.SpanKind; attributes of spans of any other are wanted. */
const KINDS = [0, 1, 2, 3, 4, 5] as const;

interface Walk {
  readonly visitor: SpanVisitor;
  readonly wire: Wire;
  readonly span: WalkedSpan;
  readonly finder: AttributeFinder;
  readonly wants: readonly boolean[];
}

/**
 * Looks at spans where they lie, for those who count them: of each what is the same for all, and a few attributes.
 * Nothing is decoded, and all other attributes, events and links are passed over.
 */
export function createSpanWalk({ keys, wantsAttributes }: SpanWalkOptions): SpanWalk {
  const finder = createAttributeFinder(keys);
  const ofResource = createAttributeFinder([...keys, "service.name"]);
  const resource: WalkedResource = { attributes: ofResource.values };
  const span = newSpan(finder.values);
  const wants = KINDS.map(wantsAttributes);

  const walkResource = (walk: Walk, start: number, end: number): void => {
    const { wire } = walk;
    ofResource.clear();
    eachField(wire, { start, end, wanted: RESOURCE }, (from, to) =>
      eachField(wire, { start: from, end: to, wanted: RESOURCE_ATTRIBUTES }, (first, last) =>
        ofResource.look(wire, first, last),
      ),
    );
    walk.visitor.resource(wire, resource);
    eachField(wire, { start, end, wanted: SCOPE_SPANS }, (from, to) =>
      eachField(wire, { start: from, end: to, wanted: SPANS }, (first, last) => walkSpan(walk, first, last)),
    );
  };

  return (payload, visitor) => {
    const wire = openWire(payload);
    const walk = { visitor, wire, span, finder, wants };
    eachField(wire, { start: 0, end: payload.length, wanted: RESOURCE_SPANS }, (start, end) =>
      walkResource(walk, start, end),
    );
  };
}

function newSpan(attributes: readonly Range[]): WalkedSpan {
  return {
    traceId: newRange(),
    spanId: newRange(),
    parentSpanId: newRange(),
    name: newRange(),
    statusMessage: newRange(),
    start: newNanos(),
    end: newNanos(),
    kind: 0,
    statusCode: 0,
    bytes: 0,
    attributes,
  };
}

interface Fields {
  readonly start: number;
  readonly end: number;
  readonly wanted: number;
}

/** Calls `visit` with each field of the wanted tag; it may leave the wire anywhere. */
function eachField(wire: Wire, { start, end, wanted }: Fields, visit: (start: number, end: number) => void): void {
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== wanted) continue;
    const after = wire.pos;
    visit(wire.start, after);
    wire.pos = after;
  }
}

function walkSpan(walk: Walk, start: number, end: number): void {
  const { wire, span, finder, wants } = walk;
  clearSpan(span);
  finder.clear();
  span.bytes = end - start;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    switch (tag) {
      case 0x4a: {
        // attributes, which every encoder writes after the kind
        if (wants[span.kind] === false) break;
        const after = wire.pos;
        finder.look(wire, wire.start, after);
        wire.pos = after;
        break;
      }
      case 0x0a: // trace_id
        takeField(span.traceId, wire);
        if (!walk.visitor.wants(wire, span.traceId)) return;
        break;
      case 0x12: // span_id
        takeField(span.spanId, wire);
        break;
      case 0x22: // parent_span_id
        takeField(span.parentSpanId, wire);
        break;
      case 0x2a: // name
        takeField(span.name, wire);
        break;
      case 0x30: // kind
        span.kind = readUint32(wire);
        break;
      case 0x39: // start_time_unix_nano
        takeNanos(span.start, wire);
        break;
      case 0x41: // end_time_unix_nano
        takeNanos(span.end, wire);
        break;
      case 0x7a: // status
        readStatus(span, wire);
        break;
      default:
    }
  }
  walk.visitor.span(wire, span);
}

function clearSpan(span: WalkedSpan): void {
  clearRange(span.traceId);
  clearRange(span.spanId);
  clearRange(span.parentSpanId);
  clearRange(span.name);
  clearRange(span.statusMessage);
  clearNanos(span.start);
  clearNanos(span.end);
  span.kind = 0;
  span.statusCode = 0;
}

function readStatus(span: WalkedSpan, wire: Wire): void {
  const end = wire.pos;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === 0x12) takeField(span.statusMessage, wire);
    else if (tag === 0x18) span.statusCode = readUint32(wire);
  }
}
