import { parseRfc3339 } from "@sightline/model/rfc3339";
import { clearLogRecord, type LogRecord } from "./log-record.ts";
import type { ReadObject } from "./object-reader.ts";
import { parseObject } from "./parse-object.ts";
import { severityOfSyslog } from "./severity.ts";
import { readStructuredData } from "./structured-data.ts";
import type { ZoneTime } from "./zone-time.ts";

const SEVERITIES = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;
const FACILITIES = [
  ..."kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock".split(" "),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) => `local${number}`),
];

/** What a message without a priority has: user.notice (RFC 3164 section 4.3.3). */
const DEFAULT_PRIORITY = 13;
const MAX_PRIORITY = 191;

export interface SyslogOptions {
  /** Reads messages that are JSON. */
  readonly read: ReadObject;
  /** What RFC 3164's times mean, which have neither year nor zone. */
  readonly zone: ZoneTime;
}

/** Reads a syslog message of either format as a record. Never fails: what has no form at all is a message. */
export type ReadSyslog = (message: string, record: LogRecord) => void;

/** The parts of a message in front of its text. */
interface Header {
  readonly priority: number;
  readonly timeUnixNano: bigint;
  readonly host: string;
  readonly app: string;
  readonly procId: string;
  readonly msgId: string;
  /** As it was sent; "" for none. */
  readonly structuredData: string;
  readonly text: string;
}

/**
 * Makes a reader of syslog messages: RFC 5424, and RFC 3164 in the ways in which it is really sent (with a year or in
 * RFC 3339, without a host, without a time, without a priority). Hostname, app-name, procid, msgid, facility and
 * structured data become attributes; a text that is JSON, also behind `@cee:`, is read as the record that it is.
 */
export function createSyslogReader({ read, zone }: SyslogOptions): ReadSyslog {
  return (message, record) => {
    const header = parseHeader(message.replace(/[\r\n\0]+$/, ""), zone);
    const fields = fieldsOfText(header.text);
    if (fields === undefined || read(fields, record) !== "") clearLogRecord(record);
    record.body ??= header.text;
    describe(record, header);
  };
}

function fieldsOfText(text: string): object | undefined {
  const json = text.startsWith("@cee:") ? text.slice("@cee:".length).trimStart() : text;
  if (!json.startsWith("{")) return undefined;
  const parsed = parseObject(json);
  return "fields" in parsed ? parsed.fields : undefined;
}

/** Puts in what the header says and the text did not. */
function describe(record: LogRecord, header: Header): void {
  const { priority, timeUnixNano, host, app, procId, msgId, structuredData } = header;
  const severity = priority % 8;
  if (record.timeUnixNano === 0n) record.timeUnixNano = timeUnixNano;
  if (record.severityNumber === 0) {
    record.severityNumber = severityOfSyslog(severity);
    record.severityText = SEVERITIES[severity] ?? "";
  }
  if (record.service === "") record.service = app;
  if (record.host === "") record.host = host;
  const { names, values } = record.attributes;
  const add = (name: string, value: string): void => {
    if (value === "") return;
    names.push(name);
    values.push(value);
  };
  add("syslog.facility", FACILITIES[Math.floor(priority / 8)] ?? "");
  add("syslog.procid", procId);
  add("syslog.msgid", msgId);
  readStructuredData(structuredData, add);
}

const PRIORITY = /^<(\d{1,3})>/;
const RFC5424 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+)(?: |$)/;

function parseHeader(message: string, zone: ZoneTime): Header {
  const given = PRIORITY.exec(message);
  const priority = given === null || Number(given[1]) > MAX_PRIORITY ? undefined : Number(given[1]);
  const rest = priority === undefined ? message : message.slice(given?.[0].length);
  const modern = priority === undefined ? null : RFC5424.exec(rest);
  if (modern !== null && priority !== undefined) return parseModern(priority, modern, rest);
  return parseLegacy(priority ?? DEFAULT_PRIORITY, rest, zone);
}

/** RFC 5424 section 6. */
function parseModern(priority: number, match: RegExpExecArray, rest: string): Header {
  const [head, time = "", host = "", app = "", procId = "", msgId = ""] = match;
  const afterHead = rest.slice(head.length);
  const structuredData = structuredDataOf(afterHead);
  const nil = afterHead.startsWith("-");
  // The second space is that behind a tag, which rsyslog takes for a part of the text when it forwards.
  const text = afterHead.slice(nil ? 1 : structuredData.length).replace(/^ {1,2}/, "");
  return {
    priority,
    timeUnixNano: parseRfc3339(time) ?? 0n,
    host: presentOf(host),
    app: presentOf(app),
    procId: presentOf(procId),
    msgId: presentOf(msgId),
    structuredData,
    text: text.startsWith("\ufeff") ? text.slice(1) : text,
  };
}

const NIL = "-";

function presentOf(field: string): string {
  return field === NIL ? "" : field;
}

const ELEMENTS = /^(?:\[[^\s="\]]+(?: +[^\s="\]]+="(?:[^"\\\]]|\\.)*")* *\])+/s;

function structuredDataOf(text: string): string {
  return ELEMENTS.exec(text)?.[0] ?? "";
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const WALL_TIME = /^\*?([A-Z][a-z]{2}) +(\d{1,2})(?: (\d{4}))? (\d{2}):(\d{2}):(\d{2})(\.\d{1,6})?:? /;
const ISO_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})) /;
const TAG = /^([^\s:[\]]{1,48})(?:\[([^\]\s]{1,128})\])?:(?: |$)/;
const HOST = /^([^\s:[\]]+|\[?[\da-fA-F:.]+\]?) /;

/** RFC 3164 section 4, and what is sent in its name. */
function parseLegacy(priority: number, rest: string, zone: ZoneTime): Header {
  const { timeUnixNano, after } = legacyTime(rest, zone);
  // Without a time there is no telling whether a first word is a host's name.
  const afterTime = rest.slice(after);
  const tagAlone = TAG.exec(afterTime);
  const host = after === 0 || tagAlone !== null ? null : HOST.exec(afterTime);
  const afterHost = afterTime.slice(host?.[0].length ?? 0);
  const tag = tagAlone ?? TAG.exec(afterHost);
  return {
    priority,
    timeUnixNano,
    host: host?.[1] ?? "",
    app: tag?.[1] ?? "",
    procId: tag?.[2] ?? "",
    msgId: "",
    structuredData: "",
    text: afterHost.slice(tag?.[0].length ?? 0),
  };
}

function legacyTime(rest: string, zone: ZoneTime): { timeUnixNano: bigint; after: number } {
  const iso = ISO_TIME.exec(rest);
  if (iso !== null) return { timeUnixNano: parseRfc3339(iso[1] ?? "") ?? 0n, after: iso[0].length };
  const wall = WALL_TIME.exec(rest);
  const month = MONTHS.indexOf(wall?.[1] ?? "");
  if (wall === null || month === -1) return { timeUnixNano: 0n, after: 0 };
  const [head, , day = "", year, hour = "", minute = "", second = "", fraction = ""] = wall;
  const timeOfDayMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const ms = zone.wall({ year: year === undefined ? undefined : Number(year), month, day: Number(day), timeOfDayMs });
  const micros = BigInt(fraction.slice(1).padEnd(6, "0"));
  return { timeUnixNano: ms === undefined ? 0n : BigInt(ms) * 1_000_000n + micros * 1000n, after: head.length };
}
