import {
  appendEntriesAgain,
  beginEntries,
  endMap,
  finishEntries,
  type MapColumn,
  type MapEntries,
  newMapEntries,
} from "@sightline/columns/map-column";
import { appendAttributes } from "./attributes.ts";
import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** Field 1 of ScopeSpans, ScopeLogs and ScopeMetrics, and 3. */
const SCOPE = tagOf(1, LENGTH);
const SCHEMA_URL = tagOf(3, LENGTH);
/** Of opentelemetry.proto.common.v1.InstrumentationScope. */
const NAME = tagOf(1, LENGTH);
const VERSION = tagOf(2, LENGTH);
const ATTRIBUTES = tagOf(3, LENGTH);

/** The instrumentation scope of the records at hand. */
export interface Scope {
  /** The bytes of the InstrumentationScope message. */
  readonly message: Range;
  readonly schemaUrl: Range;
  readonly name: Range;
  readonly version: Range;
  /** Its attributes as they stand in the column, once `written`. */
  readonly entries: MapEntries;
  written: boolean;
}

export function newScope(): Scope {
  return {
    message: newRange(),
    schemaUrl: newRange(),
    name: newRange(),
    version: newRange(),
    entries: newMapEntries(),
    written: false,
  };
}

/** Finds the scope in the ScopeSpans, ScopeLogs or ScopeMetrics from the wire's position to `end`. */
export function findScope(scope: Scope, wire: Wire, end: number): void {
  clearRange(scope.message);
  clearRange(scope.schemaUrl);
  clearRange(scope.name);
  clearRange(scope.version);
  scope.written = false;
  const begin = wire.pos;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === SCOPE) takeField(scope.message, wire);
    else if (tag === SCHEMA_URL) takeField(scope.schemaUrl, wire);
  }
  wire.pos = scope.message.start;
  for (let tag = next(wire, scope.message.end); tag !== 0; tag = next(wire, scope.message.end)) {
    if (tag === NAME) takeField(scope.name, wire);
    else if (tag === VERSION) takeField(scope.version, wire);
  }
  wire.pos = begin;
}

/** Appends a record's scope attributes: read for the first record only, the others copy what that one has. */
export function appendScopeAttributes(map: MapColumn, wire: Wire, scope: Scope): void {
  if (scope.written) {
    appendEntriesAgain(map, scope.entries);
    return;
  }
  beginEntries(map, scope.entries);
  const { end } = scope.message;
  wire.pos = scope.message.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === ATTRIBUTES) appendAttributes(map, wire, tag, end);
  }
  finishEntries(map, scope.entries);
  endMap(map);
  scope.written = true;
}
