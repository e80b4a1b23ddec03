import { type FieldMeaning, meaningOf, type Role } from "./field-meaning.ts";
import { logTime } from "./log-time.ts";
import { severityOfLevel, severityOfNumber, severityOfText } from "./severity.ts";
import { decimalId, type NormalId, spanIdOf, traceIdOf, traceParent } from "./trace-ids.ts";

/** Names and their values, in the order they came. */
export interface Pairs {
  readonly names: string[];
  readonly values: unknown[];
}

/** A log record as OpenTelemetry has it, but for the bytes. One is read into again and again. */
export interface LogRecord {
  /** 0 when the record gives none. */
  timeUnixNano: bigint;
  /** OpenTelemetry's, 1 to 24; 0 when the record gives none. */
  severityNumber: number;
  /** As it was sent; "" when it was a number. */
  severityText: string;
  /** Undefined when the record has none. */
  body: unknown;
  eventName: string;
  /** Lower-case hex of full length, or "". */
  traceId: string;
  spanId: string;
  traceFlags: number;
  /** "" when the record does not say. */
  service: string;
  /** Of the host; "" when the record does not say. */
  host: string;
  readonly attributes: Pairs;
  /** Those of the resource beside the names of the service and the host. */
  readonly resource: Pairs;
}

export function newLogRecord(): LogRecord {
  return {
    timeUnixNano: 0n,
    severityNumber: 0,
    severityText: "",
    body: undefined,
    eventName: "",
    traceId: "",
    spanId: "",
    traceFlags: 0,
    service: "",
    host: "",
    attributes: { names: [], values: [] },
    resource: { names: [], values: [] },
  };
}

/** Makes it a record that says nothing. */
export function clearLogRecord(record: LogRecord): void {
  record.timeUnixNano = 0n;
  record.severityNumber = 0;
  record.severityText = "";
  record.body = undefined;
  record.eventName = "";
  record.traceId = "";
  record.spanId = "";
  record.traceFlags = 0;
  record.service = "";
  record.host = "";
  for (const { names, values } of [record.attributes, record.resource]) {
    names.length = 0;
    values.length = 0;
  }
}

/** How deep objects and arrays of a record may be nested in each other. */
export const MAX_DEPTH = 32;

export interface ReadOptions {
  /** The most fields with a value, however nested. */
  readonly maxFields: number;
}

/** A field with a value. */
interface Leaf {
  meaning: FieldMeaning;
  value: unknown;
  /** Whether a role took it, so that it is no attribute. */
  taken: boolean;
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
export type ReadLogObject = (fields: object, record: LogRecord) => string;

/**
 * Makes a reader of log records in the shapes that programs write them, which `field-meaning.ts` lists. What has a role
 * goes to its place; everything else becomes an attribute under its own name, what is nested under the names on the way
 * joined by dots. A message that is a record itself, as JSON in text, is read as well and knows better than what is around
 * it. Ids of traces in other forms than OpenTelemetry's are kept as they were sent, beside the ids made of them.
 */
export function createLogReader({ maxFields }: ReadOptions): ReadLogObject {
  const leaves: Leaf[] = [];
  return (fields, record) => {
    clearLogRecord(record);
    const reading: Reading = { record, maxFields, leaves, length: 0, holders: new Map(), refusal: "" };
    flatten(reading, fields, { prefix: "", depth: 0, favour: 0 });
    const inner = innerRecord(record.body);
    if (inner !== undefined) {
      // Whatever is found in it replaces the text as the message, which is not to become an attribute.
      reading.holders.delete("message");
      flatten(reading, inner, { prefix: "", depth: 0, favour: INNER_FAVOUR });
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
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    // A text that only begins like an object stays a text.
    return undefined;
  }
}

const TOO_DEEP = `a record is nested deeper than ${MAX_DEPTH} levels`;

interface Place {
  readonly prefix: string;
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
    const path = place.prefix === "" ? key : `${place.prefix}.${key}`;
    const isObject = typeof value === "object" && !Array.isArray(value);
    if (isObject && meaningOf(path).role !== "time") {
      flatten(reading, value, { prefix: path, depth: place.depth + 1, favour: place.favour });
    } else if (typeof value === "object" && isDeeper(value, MAX_DEPTH - place.depth)) {
      reading.refusal = TOO_DEEP;
    } else {
      addLeaf(reading, meaningOf(path), value, place.favour);
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

/** Takes a value into the record for a role, and the leaf with it; false when the value cannot be that. */
type Take = (record: LogRecord, value: unknown, leaf: Leaf) => boolean;

const TAKE: Readonly<Record<Role, Take>> = {
  time(record, value, leaf) {
    const time = logTime(value);
    if (time === undefined) return false;
    record.timeUnixNano = time;
    leaf.taken = true;
    return true;
  },
  level(record, value, leaf) {
    const isText = typeof value === "string";
    const number = isText ? severityOfText(value) : typeof value === "number" ? severityOfLevel(value) : 0;
    if (number === 0) return false;
    record.severityNumber = number;
    record.severityText = isText && !isDigits(value) ? value : "";
    leaf.taken = true;
    return true;
  },
  severityNumber(record, value, leaf) {
    // OpenTelemetry's exporters write the name here as often as the number.
    const number = typeof value === "string" ? severityOfText(value) : severityOfNumber(Number(value));
    if (number === 0) return false;
    leaf.taken = true;
    if (record.severityNumber === 0) record.severityNumber = number;
    return true;
  },
  message(record, value, leaf) {
    if (typeof value === "object") return false;
    record.body = typeof value === "string" ? withoutLineEnd(value) : value;
    leaf.taken = true;
    return true;
  },
  service(record, value, leaf) {
    if (typeof value !== "string" || value === "") return false;
    record.service = value;
    // The names that others go by stay: a label, an app.
    leaf.taken = SERVICE_NAMES.has(leaf.meaning.name);
    return true;
  },
  host(record, value, leaf) {
    if (typeof value !== "string" || value === "") return false;
    record.host = value;
    leaf.taken = true;
    return true;
  },
  event(record, value, leaf) {
    if (typeof value !== "string" || !/^[\w.:/-]{1,128}$/.test(value)) return false;
    record.eventName = value;
    leaf.taken = true;
    return true;
  },
  traceId: (record, value, leaf) => takeTrace(record, traceIdOf(value), leaf),
  datadogTrace: (record, value, leaf) => record.traceId === "" && takeTrace(record, decimalId(value, "trace"), leaf),
  spanId: (record, value, leaf) => takeSpan(record, spanIdOf(value), leaf),
  datadogSpan: (record, value, leaf) => record.spanId === "" && takeSpan(record, decimalId(value, "span"), leaf),
  traceparent(record, value, leaf) {
    const parent = traceParent(value);
    if (parent === undefined) return false;
    if (record.traceId === "") record.traceId = parent.traceId;
    if (record.spanId === "") record.spanId = parent.spanId;
    record.traceFlags = parent.flags;
    leaf.taken = true;
    return true;
  },
  traceFlags(record, value, leaf) {
    const flags = typeof value === "string" ? Number.parseInt(value, 16) : Number(value);
    if (!Number.isInteger(flags) || flags < 0 || flags > 255) return false;
    record.traceFlags = flags;
    leaf.taken = true;
    return true;
  },
};

const SERVICE_NAMES: ReadonlySet<string> = new Set(["service", "service.name", "service_name", "serviceName"]);

function takeTrace(record: LogRecord, id: NormalId | undefined, leaf: Leaf): boolean {
  if (id === undefined) return false;
  record.traceId = id.hex;
  leaf.taken = id.same;
  return true;
}

function takeSpan(record: LogRecord, id: NormalId | undefined, leaf: Leaf): boolean {
  if (id === undefined) return false;
  record.spanId = id.hex;
  leaf.taken = id.same;
  return true;
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text);
}

function withoutLineEnd(text: string): string {
  return text.endsWith("\n") ? text.replace(/\r?\n$/, "") : text;
}

/** Gives the leaves that no role took to the attributes. */
function finish(reading: Reading): void {
  const { record, leaves, length } = reading;
  if (record.body === undefined && record.eventName !== "") record.body = record.eventName;
  for (let at = 0; at < length; at++) {
    const leaf = leaves[at];
    if (leaf === undefined || leaf.taken) continue;
    const { name, ofResource } = leaf.meaning;
    // structlog's message is its `event`, whatever is in it.
    if (record.body === undefined && name === "event" && typeof leaf.value === "string") {
      record.body = leaf.value;
      continue;
    }
    const pairs = ofResource ? record.resource : record.attributes;
    pairs.names.push(name);
    pairs.values.push(leaf.value);
  }
  if (record.service === "" && record.host !== "") record.service = namedProcess(record.attributes);
}

/** The `name` that bunyan and pino give their process, beside its `hostname` and `pid`; "" when there is none. */
function namedProcess({ names, values }: Pairs): string {
  const name = names.includes("pid") ? values[names.indexOf("name")] : undefined;
  return typeof name === "string" ? name : "";
}
