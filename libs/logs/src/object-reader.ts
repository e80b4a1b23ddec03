import { type Field, type FieldMeaning, fieldIn, ROOT, type Role } from "./field-meaning.ts";
import { clearLogRecord, type LogRecord, type Pairs } from "./log-record.ts";
import { parseObject } from "./parse-object.ts";
import { type Leaf, TAKE } from "./take-field.ts";

/** How deep objects and arrays of a record may be nested in each other. */
export const MAX_DEPTH = 32;

export interface ReadOptions {
  /** The most fields with a value, however nested. */
  readonly maxFields: number;
}

interface Reading {
  readonly record: LogRecord;
  readonly maxFields: number;
  readonly leaves: Leaf[];
  length: number;
  /** The leaf and rank that each role has at present. */
  readonly holders: Map<Role, { leaf: Leaf; rank: number }>;
  refusal: string;
}

/** Reads an object as a log record. Answers why it cannot be taken; "" when it can. */
export type ReadObject = (fields: object, record: LogRecord) => string;

/**
 * Makes a reader of log records in the shapes that programs write them, which `field-meaning.ts` lists. What has a role
 * goes to its place; everything else becomes an attribute under its own name, what is nested under the names on the way
 * joined by dots. A message that is a record itself, as JSON in text, is read as well and knows better than what is around
 * it. Ids of traces in other forms than OpenTelemetry's are kept as they were sent, beside the ids made of them.
 */
export function createObjectReader({ maxFields }: ReadOptions): ReadObject {
  const leaves: Leaf[] = [];
  return (fields, record) => {
    clearLogRecord(record);
    const reading: Reading = { record, maxFields, leaves, length: 0, holders: new Map(), refusal: "" };
    flatten(reading, fields, { field: ROOT, depth: 0, favour: 0 });
    const inner = innerRecord(record.body);
    if (inner !== undefined) {
      // Whatever is found in it replaces the text as the message, which is not to become an attribute.
      reading.holders.delete("message");
      flatten(reading, inner, { field: ROOT, depth: 0, favour: INNER_FAVOUR });
    }
    if (reading.refusal !== "") return reading.refusal;
    finish(reading);
    return "";
  };
}

/** What stands inside the message is from the program itself; what is around it, from those who carried it. */
const INNER_FAVOUR = 1000;

/** The object in a text that is one in JSON. */
function innerRecord(body: unknown): object | undefined {
  if (typeof body !== "string" || body.charCodeAt(0) !== 0x7b) return undefined;
  const parsed = parseObject(body);
  // A text that only begins like an object stays a text.
  return "fields" in parsed ? parsed.fields : undefined;
}

const TOO_DEEP = `a record is nested deeper than ${MAX_DEPTH} levels`;

interface Place {
  /** Whose fields are read. */
  readonly field: Field;
  readonly depth: number;
  readonly favour: number;
}

function flatten(reading: Reading, fields: object, place: Place): void {
  if (place.depth > MAX_DEPTH) {
    reading.refusal = TOO_DEEP;
    return;
  }
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    const field = fieldIn(place.field, key);
    const isObject = typeof value === "object" && !Array.isArray(value);
    if (isObject && field.meaning.role !== "time") {
      flatten(reading, value, { field, depth: place.depth + 1, favour: place.favour });
    } else if (typeof value === "object" && isDeeper(value, MAX_DEPTH - place.depth)) {
      reading.refusal = TOO_DEEP;
    } else {
      addLeaf(reading, field.meaning, value, place.favour);
    }
    if (reading.refusal !== "") return;
  }
}

/** Whether arrays and objects are nested in each other deeper than that. */
function isDeeper(value: object, levels: number): boolean {
  if (levels <= 0) return true;
  return Object.values(value).some(
    (held: unknown) => typeof held === "object" && held !== null && isDeeper(held, levels - 1),
  );
}

function addLeaf(reading: Reading, meaning: FieldMeaning, value: unknown, favour: number): void {
  if (reading.length >= reading.maxFields) {
    reading.refusal = `a record has more than ${reading.maxFields} fields`;
    return;
  }
  const leaf = reuse(reading, meaning, value);
  if (meaning.role === undefined) return;
  const rank = meaning.rank - favour;
  const holder = reading.holders.get(meaning.role);
  if (holder !== undefined && holder.rank <= rank) return;
  if (!TAKE[meaning.role](reading.record, value, leaf)) return;
  if (holder !== undefined) holder.leaf.taken = false;
  reading.holders.set(meaning.role, { leaf, rank });
}

function reuse(reading: Reading, meaning: FieldMeaning, value: unknown): Leaf {
  const at = reading.length++;
  const leaf = reading.leaves[at] ?? { meaning, value, taken: false };
  reading.leaves[at] = leaf;
  leaf.meaning = meaning;
  leaf.value = value;
  leaf.taken = false;
  return leaf;
}

/** Gives the leaves that no role took to the attributes. */
function finish(reading: Reading): void {
  const { record, leaves, length } = reading;
  if (record.body === undefined && record.eventName !== "") record.body = record.eventName;
  for (let at = 0; at < length; at++) {
    const leaf = leaves[at];
    if (leaf === undefined) continue;
    const { value } = leaf;
    const { name, ofResource } = leaf.meaning;
    // The reader lives longer than what it has read.
    leaf.value = undefined;
    if (leaf.taken) continue;
    // structlog's message is its `event`, whatever is in it.
    if (record.body === undefined && name === "event" && typeof value === "string") {
      record.body = value;
      continue;
    }
    const pairs = ofResource ? record.resource : record.attributes;
    pairs.names.push(name);
    pairs.values.push(value);
  }
  if (record.service === "" && record.host !== "") record.service = namedProcess(record.attributes);
}

/** The `name` that bunyan and pino give their process, beside its `hostname` and `pid`; "" when there is none. */
function namedProcess({ names, values }: Pairs): string {
  const name = names.includes("pid") ? values[names.indexOf("name")] : undefined;
  return typeof name === "string" ? name : "";
}
