import { AppError, invalid } from "@sightline/errors/app-error";
import { type LogRecord, newLogRecord } from "@sightline/logs/log-record";
import { createObjectReader } from "@sightline/logs/object-reader";
import { parseObject } from "@sightline/logs/parse-object";
import type { RecordLimits } from "@sightline/otlp/validate";
import { createLogParts, type LogPart } from "../../receive/log-parts.ts";
import { openLines } from "../lines.ts";

const ACTIONS = ["create", "index", "update", "delete"] as const;
type Action = (typeof ACTIONS)[number];

/** What one item of a bulk request wants done. */
export interface BulkItem {
  readonly action: Action;
  readonly index: string;
  /** "" when the sender leaves it to us. */
  readonly id: string;
}

/** A bulk request while it is read. */
export interface Bulk {
  /** Its items, in order; complete when all parts were taken. Places are indexes of it. */
  readonly items: readonly BulkItem[];
  readonly parts: Generator<LogPart>;
}

export interface BulkOptions {
  readonly limits: RecordLimits;
  /** The index that the path names; "" for none. */
  readonly index: string;
}

/** Each is answered by itself, so that many short ones make a long answer. */
const MAX_ITEMS = 100_000;

/** As Elasticsearch has it. The path's stands in the answer of every item that names no other. */
const MAX_INDEX_BYTES = 255;

/**
 * Reads Elasticsearch's bulk format: a line that says what is to be done, and for all but `delete` a line with the
 * document. A document is a log record; its index becomes an attribute, `_index`, and so does an id that is given.
 *
 * The parts throw `invalid_argument` when a line that says what is to be done cannot be read, since what follows it could
 * be anything.
 */
export function readBulk(body: Buffer, options: BulkOptions): Bulk {
  if (isTooLong(options.index)) throw invalid(`cannot take the bulk request: ${INDEX_TOO_LONG}`);
  const items: BulkItem[] = [];
  return { items, parts: translateItems(body, items, options) };
}

function* translateItems(body: Buffer, items: BulkItem[], { limits, index }: BulkOptions): Generator<LogPart> {
  const parts = createLogParts(limits);
  const read = createObjectReader({ maxFields: limits.maxAttributes });
  const record = newLogRecord();
  const lines = openLines(body);
  for (let line = lines.nextFilled(); line !== undefined; line = lines.nextFilled()) {
    const item = parseAction(line.toString("utf8"), lines.number(), index);
    const place = items.push(item) - 1;
    if (place >= MAX_ITEMS) {
      throw new AppError("too_large", `cannot take the bulk request: want at most ${MAX_ITEMS} items`);
    }
    const document = item.action === "delete" ? undefined : lines.next();
    const refusal = readDocument(item, document, { read, record, limits });
    if (refusal === "") parts.add(place, record);
    else parts.refuse(place, refusal);
    if (parts.isFull()) yield parts.take();
  }
  yield parts.take();
}

function parseAction(line: string, number: number, defaultIndex: string): BulkItem {
  const parsed = parseObject(line);
  if ("refusal" in parsed) throw malformed(number, parsed.refusal);
  const [[name, target], ...more] = entriesOf(parsed.fields);
  const action = ACTIONS.find((known) => known === name);
  if (action === undefined || more.length > 0) throw malformed(number, `want one of ${ACTIONS.join(", ")}`);
  if (typeof target !== "object" || target === null) throw malformed(number, `want an object behind ${action}`);
  const fields = new Map<string, unknown>(Object.entries(target));
  return { action, index: textOf(fields.get("_index")) ?? defaultIndex, id: textOf(fields.get("_id")) ?? "" };
}

function entriesOf(fields: object): [[string, unknown], ...[string, unknown][]] {
  const [first = ["", undefined], ...more] = Object.entries(fields);
  return [first, ...more];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function malformed(line: number, why: string) {
  return invalid(`Malformed action/metadata line [${line}]: ${why}`);
}

interface Reading {
  readonly read: (fields: object, record: LogRecord) => string;
  readonly record: LogRecord;
  readonly limits: RecordLimits;
}

/** Why the item cannot be taken; "" when the record holds it. */
function readDocument({ action, index, id }: BulkItem, line: Buffer | undefined, reading: Reading): string {
  const { read, record, limits } = reading;
  if (action === "update" || action === "delete")
    return `log records cannot be changed: got ${action}, want create or index`;
  if (index === "") return "index is missing";
  if (isTooLong(index)) return INDEX_TOO_LONG;
  if (line === undefined || line.length === 0) return "the document is missing";
  if (line.length > limits.maxRecordBytes) {
    return `the document has ${line.length} bytes, want at most ${limits.maxRecordBytes}`;
  }
  const text = line.toString("utf8");
  const parsed = parseObject(text);
  if ("refusal" in parsed) return `failed to parse: ${parsed.refusal}`;
  const refusal = read(parsed.fields, record);
  if (refusal !== "") return refusal;
  record.body ??= text;
  describe(record, index, id);
  return "";
}

const INDEX_TOO_LONG = `the name of the index is too long, want at most ${MAX_INDEX_BYTES} bytes`;

function isTooLong(index: string): boolean {
  return Buffer.byteLength(index) > MAX_INDEX_BYTES;
}

/** `<type>-<dataset>-<namespace>` (Elastic, "Data stream naming scheme"). */
const DATA_STREAM = /^([a-z]+)-([^-]+)-(.+)$/;

function describe({ resource, attributes }: LogRecord, index: string, id: string): void {
  resource.names.push("_index");
  resource.values.push(index);
  const [, ...parts] = DATA_STREAM.exec(index) ?? [];
  for (const [at, name] of ["data_stream.type", "data_stream.dataset", "data_stream.namespace"].entries()) {
    if (parts.length === 0 || attributes.names.includes(name)) continue;
    resource.names.push(name);
    resource.values.push(parts[at]);
  }
  if (id !== "") {
    attributes.names.push("_id");
    attributes.values.push(id);
  }
}
