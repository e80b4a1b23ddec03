import {
  appendIndexTimes,
  internScratch,
  internText,
  type LowCardinalityColumn,
} from "@sightline/columns/low-cardinality-column";
import { endMapTimes, type MapColumn } from "@sightline/columns/map-column";
import { appendAnyValue } from "./any-value-text.ts";
import { appendAttributes } from "./attributes.ts";
import { newKeyValue, readKeyValue } from "./key-value.ts";
import { type Range, rangeEquals } from "./range.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** Of opentelemetry.proto.resource.v1.Resource. */
const ATTRIBUTES = tagOf(1, LENGTH);

/** The columns that every record takes from its resource. */
export interface ResourceColumns {
  readonly ServiceName: LowCardinalityColumn;
  readonly ResourceAttributes: MapColumn;
}

/** Appends what `rows` records, at least one, have from their resource. `message` is the bytes of the Resource. */
export function appendResource(columns: ResourceColumns, wire: Wire, message: Range, rows: number): void {
  const { ServiceName, ResourceAttributes } = columns;
  appendIndexTimes(ServiceName, internServiceName(ServiceName, wire, message), rows);
  appendAttributesTimes(ResourceAttributes, wire, message, { tag: ATTRIBUTES, rows });
}

/** Appends to `rows` rows, at least one, the attributes that the message has in its fields of that tag. */
export function appendAttributesTimes(
  map: MapColumn,
  wire: Wire,
  message: Range,
  { tag, rows }: { readonly tag: number; readonly rows: number },
): void {
  const { end } = message;
  const valuesStart = map.values.length;
  wire.pos = message.start;
  for (let field = next(wire, end); field !== 0; field = next(wire, end)) {
    if (field === tag) appendAttributes(map, wire, tag, end);
  }
  endMapTimes(map, valuesStart, rows);
}

const SERVICE_NAME = Buffer.from("service.name");
/** Holds nothing between two calls. */
const pair = newKeyValue();

/** The number of the resource's `service.name`, or of "" when it has none. */
export function internServiceName(column: LowCardinalityColumn, wire: Wire, message: Range): number {
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
