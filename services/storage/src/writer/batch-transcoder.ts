import type { AppError } from "@sightline/errors/app-error";

/** What a message says besides its payload. */
export interface PayloadContext {
  readonly tenant: string;
  readonly receivedUnixNano: bigint;
  /** Where on the bus it lay; with `seq` unlike any other. */
  readonly subject: string;
  readonly seq: number;
  /** Where the payload's records begin in the message, from 0, when it has not all of them. */
  readonly firstRecord?: number;
}

export type Appended =
  /** `rejected`: a record that could not be kept; its neighbours were. */
  | { readonly ok: true; readonly records: number; readonly rejected?: AppError }
  /** The payload is not what it should be; nothing of it was appended. */
  | { readonly ok: false; readonly error: AppError };

/** One table's rows in ClickHouse's Native format. */
export interface Block {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly string[];
  /** The transcoder's own buffers: valid until it is reset or appended to. */
  readonly pieces: readonly Uint8Array[];
}

/**
 * Gathers the records of many messages as rows of tables. The same messages in the same order give the same rows: what
 * is inserted again after a crash must be what was inserted before. Only rows that are in the database anyhow, and merge
 * with themselves, may be left out.
 */
export interface BatchTranscoder {
  append(payload: Uint8Array, context: PayloadContext): Appended;
  /** Records gathered since the last reset. */
  records(): number;
  /** A block for each table that has rows. */
  blocks(): Block[];
  /** Told, before the reset, that the blocks are in the database, all of their rows: what they said once need not be said again. */
  stored?(): void;
  reset(): void;
}
