import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** The three signals have the same envelopes: a request has resources, these have scopes, these have records. */
const RESOURCES = tagOf(1, LENGTH);
/** Of ResourceSpans, ResourceLogs and ResourceMetrics. */
const RESOURCE = tagOf(1, LENGTH);
const SCOPES = tagOf(2, LENGTH);
/** Of ScopeSpans, ScopeLogs and ScopeMetrics. */
const SCOPE = tagOf(1, LENGTH);
const RECORDS = tagOf(2, LENGTH);
/** Of both. */
const SCHEMA_URL = tagOf(3, LENGTH);

/** What is said once for all records of a resource or a scope. */
export interface Envelope {
  /** The bytes of the Resource or InstrumentationScope. */
  readonly message: Range;
  readonly schemaUrl: Range;
}

/**
 * Is shown the records first, then what their envelope says of all of them: its fields may come after them, and a column
 * is filled fastest with many equal rows at once.
 */
export interface RecordVisitor {
  /** A span, log record or metric: from the wire's position to `end`. May leave the wire anywhere. */
  record(wire: Wire, end: number): void;
  /** All records of a scope were shown. */
  endScope(wire: Wire, scope: Envelope): void;
  /** All scopes of a resource were ended. */
  endResource(wire: Wire, resource: Envelope): void;
}

/** Walks an Export{Trace,Logs,Metrics}ServiceRequest that ends at `end`. Throws `invalid_argument` when malformed. */
export function walkRequest(wire: Wire, end: number, visitor: RecordVisitor): void {
  const resource = newEnvelope();
  const scope = newEnvelope();
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== RESOURCES) continue;
    const after = wire.pos;
    wire.pos = wire.start;
    walkResource(wire, after, { visitor, resource, scope });
    visitor.endResource(wire, resource);
    wire.pos = after;
  }
}

function newEnvelope(): Envelope {
  return { message: newRange(), schemaUrl: newRange() };
}

interface Envelopes {
  readonly visitor: RecordVisitor;
  readonly resource: Envelope;
  readonly scope: Envelope;
}

function walkResource(wire: Wire, end: number, { visitor, resource, scope }: Envelopes): void {
  clearRange(resource.message);
  clearRange(resource.schemaUrl);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === SCOPES) {
      const after = wire.pos;
      wire.pos = wire.start;
      walkScope(wire, after, scope, visitor);
      visitor.endScope(wire, scope);
      wire.pos = after;
    } else if (tag === RESOURCE) takeField(resource.message, wire);
    else if (tag === SCHEMA_URL) takeField(resource.schemaUrl, wire);
  }
}

function walkScope(wire: Wire, end: number, scope: Envelope, visitor: RecordVisitor): void {
  clearRange(scope.message);
  clearRange(scope.schemaUrl);
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === RECORDS) {
      const after = wire.pos;
      wire.pos = wire.start;
      visitor.record(wire, after);
      wire.pos = after;
    } else if (tag === SCOPE) takeField(scope.message, wire);
    else if (tag === SCHEMA_URL) takeField(scope.schemaUrl, wire);
  }
}
