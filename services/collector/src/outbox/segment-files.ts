import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeRecord, HEADER_BYTES, lengthAt, type QueueBatch } from "./record.ts";

/** A file of the queue, and what of it is still to be taken. */
export interface Segment {
  readonly id: number;
  /** Bytes of whole records. */
  bytes: number;
  /** Records from where the last process had come to. */
  records: number;
  taken: number;
}

const CURSOR = "cursor";

/** Where a segment is. */
export function segmentPath(dir: string, id: number): string {
  return join(dir, `${String(id).padStart(12, "0")}.seg`);
}

/** What an earlier process left in a directory. */
export interface Recovered {
  /** Oldest first, without those that have nothing to give. */
  readonly segments: Segment[];
  /** How far the first was taken. */
  readonly offset: number;
  /** Larger than any that was ever used here. */
  readonly nextId: number;
}

/** Finds what an earlier process left, and removes what it was done with. */
export async function recover(dir: string): Promise<Recovered> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const cursor = await readCursor(dir);
  const ids = (await readdir(dir)).flatMap((name) => (/^\d{12}\.seg$/.test(name) ? [Number.parseInt(name, 10)] : []));
  const segments: Segment[] = [];
  let offset = 0;
  for (const id of ids.sort((a, b) => a - b)) {
    const path = segmentPath(dir, id);
    const from = id === cursor.segment ? cursor.offset : 0;
    const segment = id < cursor.segment ? undefined : scan(id, await readFile(path), from);
    if (segment === undefined) {
      await rm(path, { force: true });
      continue;
    }
    if (id === cursor.segment) offset = from;
    segments.push(segment);
  }
  return { segments, offset, nextId: Math.max(cursor.segment, ...ids) + 1 };
}

/** The whole records from a position on; undefined when there is none. What is torn ends the segment. */
function scan(id: number, bytes: Buffer, from: number): Segment | undefined {
  let at = from;
  let records = 0;
  for (let record = decodeRecord(bytes, at); record !== undefined; record = decodeRecord(bytes, at)) {
    at = record.end;
    records++;
  }
  return records === 0 ? undefined : { id, bytes: at, records, taken: 0 };
}

/** The first batch from a position of a segment on; undefined: there is no whole record. */
export async function readFrom(
  path: string,
  segment: Segment,
  from: number,
  limits: { maxBytes: number; maxRecords: number },
): Promise<QueueBatch | undefined> {
  const file = await open(path, "r");
  try {
    const left = segment.bytes - from;
    let bytes = await readAt(file, from, Math.min(left, limits.maxBytes + HEADER_BYTES));
    const first = lengthAt(bytes, 0) ?? left;
    // One record is taken whatever its size.
    if (first + HEADER_BYTES > bytes.length) bytes = await readAt(file, from, Math.min(left, first + HEADER_BYTES));
    const payloads: Buffer[] = [];
    let kind: number | undefined;
    let end = 0;
    while (payloads.length < limits.maxRecords) {
      const record = decodeRecord(bytes, end);
      if (record === undefined || (kind !== undefined && record.kind !== kind)) break;
      kind = record.kind;
      payloads.push(record.payload);
      end = record.end;
    }
    return kind === undefined ? undefined : { kind, payloads, segment: segment.id, end: from + end };
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Writes all bytes at a position. */
export async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

interface Cursor {
  readonly segment: number;
  readonly offset: number;
}

/** A cursor that cannot be read means the beginning: sent twice rather than not at all. */
async function readCursor(dir: string): Promise<Cursor> {
  const text = await readFile(join(dir, CURSOR), "utf8").catch(() => "");
  const [, segment, offset] = /^(\d+) (\d+)\n$/.exec(text) ?? [];
  return { segment: Number(segment ?? 0), offset: Number(offset ?? 0) };
}

/** Notes how far was taken; by renaming, so that there is always a whole note. */
export async function writeCursor(dir: string, segment: number, offset: number): Promise<void> {
  const path = join(dir, CURSOR);
  await writeFile(`${path}.new`, `${segment} ${offset}\n`);
  await rename(`${path}.new`, path);
}

/** Opens a new segment's file, whose name is on the disk before anything is written. */
export async function createSegmentFile(dir: string, id: number): Promise<FileHandle> {
  const file = await open(segmentPath(dir, id), "w");
  const folder = await open(dir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return file;
}
