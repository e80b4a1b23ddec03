import type { AppError } from "@sightline/errors/app-error";
import type { TableName } from "./tables.ts";

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
