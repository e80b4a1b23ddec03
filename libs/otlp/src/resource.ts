import {
  appendIndex,
  internScratch,
  internText,
  type LowCardinalityColumn,
} from "@sightline/columns/low-cardinality-column";
import {
  appendEntriesAgain,
  beginEntries,
  endMap,
  finishEntries,
  type MapColumn,
  type MapEntries,
  newMapEntries,
} from "@sightline/columns/map-column";
import { appendAnyValue } from "./any-value-text.ts";
import { appendAttributes } from "./attributes.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import { clearRange, newRange, type Range, rangeEquals, takeField } from "./range.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** Field 1 of ResourceSpans, ResourceLogs and ResourceMetrics, and 3. */
const RESOURCE = tagOf(1, LENGTH);
const SCHEMA_URL = tagOf(3, LENGTH);
/** Of opentelemetry.proto.resource.v1.Resource. */
const ATTRIBUTES = tagOf(1, LENGTH);

/** The columns that every record takes from its resource. */
export interface ResourceColumns {
  readonly ServiceName: LowCardinalityColumn;
  readonly ResourceAttributes: MapColumn;
}

/** The resource of the records at hand. */
export interface Resource {
  /** The bytes of the Resource message. */
  readonly message: Range;
  readonly schemaUrl: Range;
  /** Its attributes as they stand in the column, once `written`. */
  readonly entries: MapEntries;
  written: boolean;
  /** The number of `service.name` in the column ServiceName, once `written`. */
  service: number;
}

export function newResource(): Resource {
  return { message: newRange(), schemaUrl: newRange(), entries: newMapEntries(), written: false, service: 0 };
}

/** Finds the resource in the ResourceSpans, ResourceLogs or ResourceMetrics from the wire's position to `end`. */
export function findResource(resource: Resource, wire: Wire, end: number): void {
  clearRange(resource.message);
  clearRange(resource.schemaUrl);
  resource.written = false;
  const begin = wire.pos;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === RESOURCE) takeField(resource.message, wire);
    else if (tag === SCHEMA_URL) takeField(resource.schemaUrl, wire);
  }
  wire.pos = begin;
}

/**
 * Appends a record's resource columns. The attributes are read for the first record only; the others copy what that one
 * has in the column.
 */
export function appendResource(columns: ResourceColumns, wire: Wire, resource: Resource): void {
  if (resource.written) appendEntriesAgain(columns.ResourceAttributes, resource.entries);
  else writeResource(columns, wire, resource);
  appendIndex(columns.ServiceName, resource.service);
}

function writeResource(columns: ResourceColumns, wire: Wire, resource: Resource): void {
  const map = columns.ResourceAttributes;
  const { end } = resource.message;
  resource.service = internServiceName(columns.ServiceName, wire, resource.message);
  beginEntries(map, resource.entries);
  wire.pos = resource.message.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag === ATTRIBUTES) appendAttributes(map, wire, tag, end);
  }
  finishEntries(map, resource.entries);
  endMap(map);
  resource.written = true;
}

const SERVICE_NAME = Buffer.from("service.name");
const pair = newKeyValue();

/** The number of the resource's `service.name`, or of "" when it has none. */
function internServiceName(column: LowCardinalityColumn, wire: Wire, message: Range): number {
  let number = internText(column, "");
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag !== ATTRIBUTES) continue;
    const after = wire.pos;
    readKeyValue(pair, wire, wire.start, after);
    if (rangeEquals(pair.key, wire, SERVICE_NAME)) {
      column.scratch.length = 0;
      appendAnyValue(column.scratch, wire, pair.value.start, pair.value.end);
      number = internScratch(column);
    }
    wire.pos = after;
  }
  return number;
}
