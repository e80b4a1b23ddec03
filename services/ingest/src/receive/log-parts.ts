import { createLogBatch } from "@sightline/logs/log-batch";
import type { LogRecord } from "@sightline/logs/log-record";

/** Something of a request that cannot be taken. */
export interface RefusedPlace {
  /** Which line, document or entry of the request it is, as its protocol counts. */
  readonly place: number;
  readonly reason: string;
}

/** Some of the log records of a request, translated to OTLP. */
export interface LogPart {
  /** An ExportLogsServiceRequest. */
  readonly body: Uint8Array;
  /** For each of its records, in its order, the place in the request. */
  readonly places: readonly number[];
  /** What could not be translated, of the same stretch of the request. */
  readonly refused: readonly RefusedPlace[];
}

/** Gathers what a translation makes of a request, a part at a time. */
export interface LogParts {
  /** The record is copied; one that cannot be taken is refused. */
  add(place: number, record: LogRecord): void;
  refuse(place: number, reason: string): void;
  /** Whether the part should be taken before more is added. */
  isFull(): boolean;
  /** What was gathered since the last time. */
  take(): LogPart;
}

/** A part this large is some ten milliseconds of work, be its records long or short: others get their turn between two. */
const PART_BYTES = 1024 * 1024;
const PART_RECORDS = 4000;
const PART_REFUSALS = 1000;

export interface LogPartsOptions {
  readonly maxRecordBytes: number;
}

export function createLogParts(options: LogPartsOptions): LogParts {
  const batch = createLogBatch(options);
  let added: number[] = [];
  let refused: RefusedPlace[] = [];
  return {
    add: (place, record) => {
      const refusal = batch.add(record);
      if (refusal === "") added.push(place);
      else refused.push({ place, reason: refusal });
    },
    refuse: (place, reason) => {
      refused.push({ place, reason });
    },
    isFull: () => batch.bytes() >= PART_BYTES || added.length >= PART_RECORDS || refused.length >= PART_REFUSALS,
    take: () => {
      const { body, order } = batch.take();
      const part = { body, places: order.map((at) => added[at] ?? 0), refused };
      added = [];
      refused = [];
      return part;
    },
  };
}
