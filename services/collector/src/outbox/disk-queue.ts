import { rm } from "node:fs/promises";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { encodeRecord, type QueueBatch } from "./record.ts";
import {
  createSegmentFile,
  readFrom,
  recover,
  type Segment,
  segmentPath,
  writeAll,
  writeCursor,
} from "./segment-files.ts";

// A queue in files. Records are appended to the newest segment and taken from the oldest; a segment that is taken
// whole is removed. The cursor file holds how far was taken.
//
// What survives: an append that has resolved survives the process (the operating system has it), and after at most
// `syncIntervalMs` a power cut. A record that was half written when the process died fails its checksum and ends its
// segment. A batch is given again after a crash between its delivery and `taken`: at least once.

export interface DiskQueueOptions {
  readonly dir: string;
  /** All segments together; beyond it the oldest segment goes. */
  readonly maxBytes: number;
  /** A segment is closed when the next record would not fit. Default: a sixteenth of maxBytes, at most 8 MiB. */
  readonly segmentBytes?: number;
  /** How long what was appended may wait for the disk itself. */
  readonly syncIntervalMs: number;
  /** Told what is lost and why. */
  readonly onDropped: (reason: "overflow" | "corrupt", records: number) => void;
}

export interface DiskQueue {
  /**
   * Adds a record at the end; resolves when the operating system has it.
   *
   * @throws AppError too_large, or unavailable when the disk does not take it
   */
  append(kind: number, payload: Uint8Array): Promise<void>;
  /** The oldest records that were not taken, of one kind, at least one; undefined when there is none. */
  next(limits: { readonly maxBytes: number; readonly maxRecords: number }): Promise<QueueBatch | undefined>;
  /** The batch is delivered or given up: the queue goes on behind it. */
  taken(batch: QueueBatch): Promise<void>;
  /** Resolves when there is something to take. */
  waiting(signal: AbortSignal): Promise<void>;
  size(): { readonly bytes: number; readonly records: number };
  /** Writes everything to the disk. */
  close(): Promise<void>;
}

/**
 * Opens the queue in a directory, which nobody else may use at the same time; makes it when it is not there.
 *
 * @throws AppError unavailable when the directory cannot be used
 */
export async function openDiskQueue(options: DiskQueueOptions): Promise<DiskQueue> {
  const { dir, maxBytes, syncIntervalMs, onDropped } = options;
  const segmentBytes = options.segmentBytes ?? Math.min(8 * 1024 * 1024, Math.ceil(maxBytes / 16));
  const { segments, offset, nextId } = await onDisk(`open the queue in ${dir}`, () => recover(dir));
  const pathOf = ({ id }: Segment) => segmentPath(dir, id);

  /** How far the oldest segment was taken. */
  let takenBytes = offset;
  let active = emptySegment(nextId);
  let file = await onDisk(`open the queue in ${dir}`, () => createSegmentFile(dir, active.id));
  let syncTimer: NodeJS.Timeout | undefined;
  let arrival = Promise.withResolvers<void>();
  segments.push(active);

  // One thing at a time: a segment must not go while it is read.
  let last: Promise<unknown> = Promise.resolve();
  function serially<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  }

  const totalBytes = () => segments.reduce((sum, { bytes }) => sum + bytes, 0);

  async function roll(): Promise<void> {
    const next = emptySegment(active.id + 1);
    const [full, nextFile] = [file, await createSegmentFile(dir, next.id)];
    active = next;
    file = nextFile;
    segments.push(next);
    clearTimeout(syncTimer);
    syncTimer = undefined;
    await full.datasync();
    await full.close();
  }

  async function removeOldest(): Promise<void> {
    const [oldest] = segments;
    if (oldest === undefined) return;
    if (oldest === active) await roll();
    segments.shift();
    takenBytes = 0;
    await rm(pathOf(oldest), { force: true });
  }

  async function makeRoom(bytes: number): Promise<void> {
    if (active.bytes > 0 && active.bytes + bytes > segmentBytes) await roll();
    while (totalBytes() > 0 && totalBytes() + bytes > maxBytes) {
      const lost = segments[0] === undefined ? 0 : segments[0].records - segments[0].taken;
      await removeOldest();
      if (lost > 0) onDropped("overflow", lost);
    }
  }

  async function sync(): Promise<void> {
    clearTimeout(syncTimer);
    syncTimer = undefined;
    await file.datasync();
  }

  function syncSoon(): void {
    // A disk that fails shows at the next append.
    syncTimer ??= setTimeout(() => void serially(sync).catch(() => undefined), syncIntervalMs).unref();
  }

  /** Goes past segments that have nothing more to give. */
  async function oldestWithRecords(): Promise<Segment | undefined> {
    for (;;) {
      const [oldest] = segments;
      if (oldest === undefined || takenBytes < oldest.bytes) return oldest;
      if (oldest === active) return undefined;
      await removeOldest();
    }
  }

  async function readBatch(limits: { maxBytes: number; maxRecords: number }): Promise<QueueBatch | undefined> {
    for (let from = await oldestWithRecords(); from !== undefined; from = await oldestWithRecords()) {
      const batch = await readFrom(pathOf(from), from, takenBytes, limits);
      if (batch !== undefined) return batch;
      // The bytes have changed since they were written: what follows them cannot be found either.
      const lost = from.records - from.taken;
      if (from === active) await roll();
      from.taken = from.records;
      takenBytes = from.bytes;
      onDropped("corrupt", lost);
    }
    return undefined;
  }

  return {
    append: (kind, payload) =>
      serially(async () => {
        const record = encodeRecord(kind, payload);
        if (record.length > maxBytes) {
          throw new AppError("too_large", `cannot queue ${payload.length} bytes: the queue holds ${maxBytes}`);
        }
        await onDisk(`write to the queue in ${dir}`, async () => {
          await makeRoom(record.length);
          // At a stated place, so that what a failed write left behind is written over.
          await writeAll(file, record, active.bytes);
        });
        active.bytes += record.length;
        active.records++;
        arrival.resolve();
        syncSoon();
      }),
    next: (limits) => serially(() => onDisk(`read the queue in ${dir}`, () => readBatch(limits))),
    taken: (batch) =>
      serially(async () => {
        const [oldest] = segments;
        // The segment may have had to make room meanwhile.
        if (oldest === undefined || oldest.id !== batch.segment) return;
        takenBytes = batch.end;
        oldest.taken += batch.payloads.length;
        await onDisk(`write to the queue in ${dir}`, async () => {
          await writeCursor(dir, oldest.id, takenBytes);
          await oldestWithRecords();
        });
      }),
    async waiting(signal) {
      const aborted = Promise.withResolvers<void>();
      const onAbort = () => aborted.resolve();
      signal.addEventListener("abort", onAbort, { once: true });
      while (!signal.aborted && segments.every(({ records, taken }) => taken >= records)) {
        arrival = Promise.withResolvers();
        await Promise.race([arrival.promise, aborted.promise]);
      }
      signal.removeEventListener("abort", onAbort);
    },
    size: () => ({
      bytes: totalBytes() - takenBytes,
      records: segments.reduce((sum, { records, taken }) => sum + records - taken, 0),
    }),
    close: () =>
      serially(async () => {
        clearTimeout(syncTimer);
        await onDisk(`close the queue in ${dir}`, async () => {
          await sync();
          await file.close();
        });
      }),
  };
}

function emptySegment(id: number): Segment {
  return { id, bytes: 0, records: 0, taken: 0 };
}

async function onDisk<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw unavailable(`cannot ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
