import { encodeBlock } from "@sightline/columns/native-block";
import { markTable, resetTable, rollbackTable, type Table, tableBytes } from "@sightline/columns/table";
import { AppError } from "@sightline/errors/app-error";
import type { TableName } from "./tables.ts";
import { openWire, type Wire } from "./wire.ts";

/** What a message says about its payload besides the payload. */
export interface MessageContext {
  /** The tenant all records belong to. */
  readonly tenant: string;
  /** When ingest took it, nanoseconds since the Unix epoch: the time of records that have none. */
  readonly receivedUnixNano: bigint;
}

export type Appended =
  | { readonly ok: true; readonly records: number }
  /** The payload is not what it should be; nothing of it was appended. */
  | { readonly ok: false; readonly error: AppError };

/** One table's rows as a block in ClickHouse's Native format. */
export interface TableBlock {
  readonly table: TableName;
  readonly rows: number;
  /** The names of the columns the block carries. */
  readonly columns: readonly string[];
  /** To be sent one after the other, before the transcoder is reset or appended to: they are its buffers. */
  readonly pieces: readonly Uint8Array[];
}

/**
 * Gathers the records of many OTLP requests as rows of ClickHouse tables. What it makes depends on nothing but the
 * payloads, their contexts and their order: the same messages give the same blocks, byte for byte.
 *
 * The payloads are not kept: `append` copies what it needs.
 */
export interface Transcoder {
  append(payload: Uint8Array, context: MessageContext): Appended;
  /** Records gathered since the last reset. */
  records(): number;
  /** Bytes gathered since the last reset, over all tables. */
  bytes(): number;
  /** A block for each table that has rows. */
  blocks(): TableBlock[];
  /** Forgets the records; buffers stay for the next batch. */
  reset(): void;
}

/** What a signal does with its records. */
export interface SignalTables {
  /** The tables it fills, by name. */
  readonly tables: readonly (readonly [TableName, Table])[];
  /** Records in the tables. */
  records(): number;
  /** Appends the records of a payload. May throw and leave the tables as they are then. */
  walk(wire: Wire, end: number, context: MessageContext): void;
  /** Called when rows were taken away again: those of a bad payload, or all. */
  shrunk?(): void;
}

/** The part of a transcoder that all signals have in common. */
export function createTranscoder({ tables, records, walk, shrunk }: SignalTables): Transcoder {
  return {
    append(payload, context) {
      const before = records();
      for (const [, table] of tables) markTable(table);
      try {
        walk(openWire(payload), payload.length, context);
      } catch (thrown) {
        for (const [, table] of tables) rollbackTable(table);
        shrunk?.();
        return { ok: false, error: AppError.from(thrown) };
      }
      return { ok: true, records: records() - before };
    },
    records,
    bytes: () => tables.reduce((total, [, table]) => total + tableBytes(table), 0),
    blocks: () =>
      tables
        .filter(([, table]) => table.rows > 0)
        .map(([name, table]) => ({
          table: name,
          rows: table.rows,
          columns: Object.keys(table.columns),
          pieces: encodeBlock(table),
        })),
    reset() {
      for (const [, table] of tables) resetTable(table);
      shrunk?.();
    },
  };
}
