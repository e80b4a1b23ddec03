import { crc32 } from "node:zlib";

/** Bytes before a record's payload: length (uint32), checksum (uint32), kind (uint8), all little-endian. */
export const HEADER_BYTES = 9;

/** A record as it was written. */
export interface DiskRecord {
  readonly kind: number;
  /** A view of the bytes that were read. */
  readonly payload: Buffer;
  /** Where the next record begins. */
  readonly end: number;
}

/** Consecutive records of one kind. */
export interface QueueBatch {
  readonly kind: number;
  readonly payloads: readonly Buffer[];
  readonly segment: number;
  readonly end: number;
}

/** A record's bytes on disk. */
export function encodeRecord(kind: number, payload: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  record.writeUInt32LE(payload.length, 0);
  record.writeUInt8(kind, 8);
  record.set(payload, HEADER_BYTES);
  record.writeUInt32LE(checksum(record, HEADER_BYTES + payload.length), 4);
  return record;
}

/** The record at a position; undefined: what is there is not a whole one, or not as it was written. */
export function decodeRecord(bytes: Buffer, at: number): DiskRecord | undefined {
  const length = lengthAt(bytes, at);
  if (length === undefined) return undefined;
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length) return undefined;
  const record = bytes.subarray(at, end);
  if (record.readUInt32LE(4) !== checksum(record, record.length)) return undefined;
  return { kind: record.readUInt8(8), payload: record.subarray(HEADER_BYTES), end };
}

/** How long the payload at a position claims to be; undefined: no whole header is there. */
export function lengthAt(bytes: Buffer, at: number): number | undefined {
  return at + HEADER_BYTES > bytes.length ? undefined : bytes.readUInt32LE(at);
}

/** Over the length, the kind and the payload: a torn tail of zeros does not pass. */
function checksum(record: Buffer, end: number): number {
  return crc32(record.subarray(8, end), crc32(record.subarray(0, 4)));
}
