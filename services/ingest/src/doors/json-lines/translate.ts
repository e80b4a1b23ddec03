import { type LogRecord, newLogRecord } from "@sightline/logs/log-record";
import { createTextReader } from "@sightline/logs/log-text";
import { createObjectReader } from "@sightline/logs/object-reader";
import { parseObject } from "@sightline/logs/parse-object";
import type { RecordLimits } from "@sightline/otlp/validate";
import { createLogParts, type LogPart } from "../../receive/log-parts.ts";
import { parseJsonText } from "../json-text.ts";
import { openLines } from "../lines.ts";

/** `lines`: a JSON object to a line; `text`: lines that may be anything; `document`: one object or an array of them. */
export type LinesFormat = "lines" | "text" | "document";

export interface LinesOptions {
  readonly limits: RecordLimits;
  /** What is written into records that do not say it themselves. */
  readonly service: string;
  readonly host: string;
}

/**
 * The log records of a body, a part at a time; places are lines from 1, or indexes into the array from 0. Throws
 * `invalid_argument` when a document cannot be read; what is wrong with a single record is told in its part.
 */
export function translateLines(body: Buffer, format: LinesFormat, options: LinesOptions): Generator<LogPart> {
  return format === "document" ? translateDocument(body, options) : translateEach(body, format, options);
}

/** Says who wrote a record that does not say so itself. */
function complete(record: LogRecord, { service, host }: LinesOptions): void {
  if (record.service === "") record.service = service;
  if (record.host === "") record.host = host;
}

function* translateEach(body: Buffer, format: "lines" | "text", options: LinesOptions): Generator<LogPart> {
  const { maxAttributes, maxRecordBytes } = options.limits;
  const parts = createLogParts({ maxRecordBytes });
  const record = newLogRecord();
  const read = createObjectReader({ maxFields: maxAttributes });
  const readLine = format === "text" ? createTextReader(read) : (line: string) => readObject(line, record);
  const readObject = (line: string, into: LogRecord): string => {
    const parsed = parseObject(line);
    if ("refusal" in parsed) return parsed.refusal;
    const refusal = read(parsed.fields, into);
    into.body ??= line;
    return refusal;
  };
  const lines = openLines(body);
  for (let line = lines.nextFilled(); line !== undefined; line = lines.nextFilled()) {
    const place = lines.number();
    if (line.length > maxRecordBytes) {
      parts.refuse(place, `it has ${line.length} bytes, want at most ${maxRecordBytes}`);
    } else {
      const refusal = readLine(line.toString("utf8"), record);
      complete(record, options);
      if (refusal === "") parts.add(place, record);
      else parts.refuse(place, refusal);
    }
    if (parts.isFull()) yield parts.take();
  }
  yield parts.take();
}

function* translateDocument(body: Buffer, options: LinesOptions): Generator<LogPart> {
  const { maxAttributes, maxRecordBytes } = options.limits;
  const parts = createLogParts({ maxRecordBytes });
  const record = newLogRecord();
  const read = createObjectReader({ maxFields: maxAttributes });
  for (const [place, value] of parseDocument(body).entries()) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      parts.refuse(place, "want an object");
    } else {
      const refusal = read(value, record);
      record.body ??= refusal === "" ? JSON.stringify(value) : undefined;
      complete(record, options);
      if (refusal === "") parts.add(place, record);
      else parts.refuse(place, refusal);
    }
    if (parts.isFull()) yield parts.take();
  }
  yield parts.take();
}

function parseDocument(body: Buffer): readonly unknown[] {
  if (body.length === 0) return [];
  const value = parseJsonText(body);
  return Array.isArray(value) ? value : [value];
}
