import { openWriter, type WireWriter, writtenBytes } from "@sightline/otlp/wire-writer";
import type { LogRecord } from "./log-record.ts";
import { openResource, writeLogRecord } from "./write-record.ts";

/** An ExportLogsServiceRequest. */
export interface LogRequest {
  readonly body: Uint8Array;
  /** For each of its records, in the order of the request, as how many-th it was added. */
  readonly order: readonly number[];
}

/** A request that is being written, record by record. */
export interface LogBatch {
  /** Adds a record. Answers why it cannot be taken; "" when it is. */
  add(record: LogRecord): string;
  /** Records since the last `take`. */
  records(): number;
  /** Their bytes, about. */
  bytes(): number;
  /** The request with the records so far; the next begins empty. */
  take(): LogRequest;
}

export interface LogBatchOptions {
  /** Of one record as it is written. */
  readonly maxRecordBytes: number;
}

/** Records of one resource, being written. */
interface Group {
  readonly writer: WireWriter;
  /** As how many-th each was added. */
  readonly order: number[];
  close(): void;
}

/** Resources that are open at a time: records of more than that many, mixed, are grouped less well but not lost. */
const MAX_GROUPS = 32;
const RESOURCE_LOGS = 1;

/** A batch that puts records of the same resource together, in the order they come. */
export function createLogBatch({ maxRecordBytes }: LogBatchOptions): LogBatch {
  const groups = new Map<string, Group>();
  // Taken up again: a request of many resources would else cost a buffer for each.
  const idle: WireWriter[] = [];
  let written: Uint8Array[] = [];
  let order: number[][] = [];
  let records = 0;
  let bytes = 0;

  const closeGroups = (): void => {
    for (const group of groups.values()) {
      const { writer } = group;
      if (group.order.length > 0) {
        group.close();
        written.push(Buffer.from(writtenBytes(writer)));
        order.push(group.order);
      }
      writer.length = 0;
      idle.push(writer);
    }
    groups.clear();
  };
  const groupOf = (record: LogRecord): Group => {
    const key = resourceKey(record);
    const known = groups.get(key);
    if (known !== undefined) return known;
    if (groups.size >= MAX_GROUPS) closeGroups();
    const writer = idle.pop() ?? openWriter();
    const group = { writer, order: [], close: openResource(writer, RESOURCE_LOGS, record) };
    groups.set(key, group);
    bytes += writer.length;
    return group;
  };
  return {
    add: (record) => {
      const group = groupOf(record);
      const { writer } = group;
      const before = writer.length;
      writeLogRecord(writer, record);
      const size = writer.length - before;
      if (size > maxRecordBytes) {
        writer.length = before;
        return `a record has ${size} bytes, want at most ${maxRecordBytes}`;
      }
      group.order.push(records);
      records += 1;
      bytes += size;
      return "";
    },
    records: () => records,
    bytes: () => bytes,
    take: () => {
      closeGroups();
      const [only] = written;
      const body = written.length === 1 && only !== undefined ? only : Buffer.concat(written);
      const taken = { body, order: order.flat() };
      written = [];
      order = [];
      records = 0;
      bytes = 0;
      return taken;
    },
  };
}

function resourceKey({ service, host, resource: { names, values } }: LogRecord): string {
  let key = `${service}\0${host}`;
  for (let at = 0; at < names.length; at++) key += `\0${names[at]}\0${keyOf(values[at])}`;
  return key;
}

function keyOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
}
