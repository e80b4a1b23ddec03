import { fieldIn, ROOT } from "@sightline/logs/field-meaning";
import { type LogRecord, newLogRecord, type Pairs } from "@sightline/logs/log-record";
import { createTextReader } from "@sightline/logs/log-text";
import { createObjectReader } from "@sightline/logs/object-reader";
import { severityOfText } from "@sightline/logs/severity";
import { spanIdOf, traceIdOf } from "@sightline/logs/trace-ids";
import type { RecordLimits } from "@sightline/otlp/validate";
import { createLogParts, type LogPart } from "../../receive/log-parts.ts";
import { type Labels, serviceOf } from "./stream-labels.ts";

/** What a line says that Loki's own `discover_generic_fields` would be told to look for. */
const DISCOVERED = ["category", "component"] as const;

/** A line of a stream. */
export interface Entry {
  /** Which of the request it is, from 1. */
  readonly place: number;
  /** 0 when it has none. */
  readonly timeUnixNano: bigint;
  readonly line: string;
  readonly metadata: Labels;
}

/** Makes log records of the lines of streams. */
export interface StreamRecords {
  /** The entries that follow are of the stream with these labels. */
  stream(labels: Labels): void;
  add(entry: Entry): void;
  refuse(place: number, reason: string): void;
  isFull(): boolean;
  take(): LogPart;
}

/**
 * A line stays as it is, as the body, so that it can be given back to LogQL; so do the labels, as attributes of the
 * resource, and the structured metadata, as those of the record. `service.name`, which can be no label, is added. The
 * severity and the ids of the trace are looked for in the metadata, in the labels, and in the line.
 */
export function createStreamRecords({ maxAttributes, maxRecordBytes }: RecordLimits): StreamRecords {
  const parts = createLogParts({ maxRecordBytes });
  const readText = createTextReader(createObjectReader({ maxFields: maxAttributes }));
  const record = newLogRecord();
  let labels: Labels = [];
  let service = "";
  return {
    stream: (of) => {
      labels = of.filter(([, value]) => value !== "");
      service = serviceOf(labels);
    },
    add: ({ place, timeUnixNano, line, metadata }) => {
      if (line.length > maxRecordBytes) {
        parts.refuse(place, `the line has ${line.length} characters, want at most ${maxRecordBytes}`);
        return;
      }
      // What cannot be read as a record is a line all the same.
      readText(line, record);
      const found = DISCOVERED.map((name) => [name, textOf(record.attributes, name)] as const);
      record.timeUnixNano = timeUnixNano;
      record.body = line;
      record.eventName = "";
      record.service = service;
      record.host = "";
      fill(record.resource, labels);
      fill(record.attributes, metadata);
      for (const [name, value] of found) {
        if (value === "" || record.attributes.names.includes(name)) continue;
        record.attributes.names.push(name);
        record.attributes.values.push(value);
      }
      for (const [name, value] of labels) hear(record, name, value);
      for (const [name, value] of metadata) hear(record, name, value);
      parts.add(place, record);
    },
    refuse: parts.refuse,
    isFull: parts.isFull,
    take: parts.take,
  };
}

function textOf({ names, values }: Pairs, name: string): string {
  const at = names.indexOf(name);
  const value = at === -1 ? undefined : values[at];
  return typeof value === "string" ? value : "";
}

function fill({ names, values }: Pairs, from: Labels): void {
  names.length = 0;
  values.length = 0;
  for (const [name, value] of from) {
    names.push(name);
    values.push(value);
  }
}

/** Takes what a label says about the record. */
function hear(record: LogRecord, name: string, value: string): void {
  const role = name === "detected_level" ? "level" : fieldIn(ROOT, name).meaning.role;
  if (role === "level") {
    const severity = severityOfText(value);
    if (severity === 0) return;
    record.severityNumber = severity;
    record.severityText = value;
  } else if (role === "traceId") {
    record.traceId = traceIdOf(value)?.hex ?? record.traceId;
  } else if (role === "spanId") {
    record.spanId = spanIdOf(value)?.hex ?? record.spanId;
  }
}
