import { clearLogRecord, type LogRecord } from "./log-record.ts";
import { logTime } from "./log-time.ts";
import { parseLogfmt } from "./logfmt.ts";
import type { ReadObject } from "./object-reader.ts";
import { parseObject } from "./parse-object.ts";
import { severityOfText } from "./severity.ts";

/** How far into a line its time and severity are looked for. */
const HEAD_CHARS = 256;

const LEADING_TIME =
  /^\[?(\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?)(?=[\]\s,|]|$)/;

/** A level as programs write it into a line: a word in capitals of its own, or any in brackets or behind `level=`. */
const WORDS = "trace|debug|info|notice|warn|warning|error|err|critical|crit|fatal|alert|emergency|emerg|panic";
const CAPITALS = new RegExp(`(?:^|[\\s[(<|:])(${WORDS.toUpperCase()})(?=$|[\\s\\])>|:,])`);
const MARKED = new RegExp(`(?:\\[|<|\\b(?:level|lvl|severity)\\s*[=:]\\s*"?)(${WORDS})(?=$|[\\s\\]>",])`, "i");

/**
 * Reads a line of text as a record whose body is the line, with the time that it begins with and the severity that it
 * names.
 */
function readPlainText(line: string, record: LogRecord): void {
  clearLogRecord(record);
  record.body = line;
  const head = line.slice(0, HEAD_CHARS);
  const time = LEADING_TIME.exec(head)?.[1];
  record.timeUnixNano = (time === undefined ? undefined : logTime(time)) ?? 0n;
  const level = (CAPITALS.exec(head) ?? MARKED.exec(head))?.[1] ?? "";
  if (level !== "") {
    record.severityNumber = severityOfText(level);
    record.severityText = level;
  }
}

/** Makes a reader of lines that may be JSON, logfmt or neither. Answers why one cannot be taken; "" when it can. */
export function createTextReader(read: ReadObject): (line: string, record: LogRecord) => string {
  return (line, record) => {
    const fields = fieldsOf(line);
    if (fields === undefined) {
      readPlainText(line, record);
      return "";
    }
    const refusal = read(fields, record);
    if (refusal === "") record.body ??= line;
    return refusal;
  };
}

/** What a line of JSON or logfmt says; undefined when it is neither. */
function fieldsOf(line: string): object | undefined {
  if (/^\s*\{/.test(line)) {
    const parsed = parseObject(line);
    if ("fields" in parsed) return parsed.fields;
  }
  return parseLogfmt(line);
}
