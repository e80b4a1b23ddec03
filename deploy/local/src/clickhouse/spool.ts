import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ClickHouseException } from "./exceptions.ts";
import { isAlive } from "./is-alive.ts";

export interface SpoolOptions {
  readonly directory: string;
  /** The largest decompressed body of one INSERT. */
  readonly maxFileBytes: number;
  /** The largest sum of all bodies held at once. */
  readonly maxTotalBytes: number;
}

/** The data of an INSERT while it waits for the engine. */
export interface SpooledFile {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Keeps bodies in files, since the engine takes binary formats only from one. Only a complete body becomes a file:
 * what a client sent before it went away is never inserted.
 */
export interface Spool {
  /** A path for the engine to write to, inside the same directory. */
  path(name: string): string;
  /** Writes `first` and then `rest`. Rejects with ClickHouseException beyond a limit, and then keeps nothing. */
  write(first: Uint8Array, rest: AsyncIterator<Uint8Array>): Promise<SpooledFile>;
  close(): void;
}

const directoryPrefix = "sightline-clickhouse-";

/** This process's directory inside `temporary`. Removes those of servers that were killed. */
export function spoolDirectory(temporary: string): string {
  mkdirSync(temporary, { recursive: true });
  for (const name of readdirSync(temporary)) {
    const pid = name.startsWith(directoryPrefix) ? Number(name.slice(directoryPrefix.length)) : Number.NaN;
    if (Number.isSafeInteger(pid) && !isAlive(pid)) rmSync(join(temporary, name), { recursive: true, force: true });
  }
  return join(temporary, `${directoryPrefix}${process.pid}`);
}

/** Empties and creates the directory. */
export function createSpool(options: SpoolOptions): Spool {
  const { directory, maxFileBytes, maxTotalBytes } = options;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let totalBytes = 0;
  let sequence = 0;

  function account(fileBytes: number, added: number): void {
    if (fileBytes + added > maxFileBytes) {
      throw new ClickHouseException(307, "TOO_MANY_BYTES", `The request body is larger than ${maxFileBytes} bytes`);
    }
    if (totalBytes + added > maxTotalBytes) {
      const message = `Requests in progress hold more than ${maxTotalBytes} bytes of data`;
      throw new ClickHouseException(243, "NOT_ENOUGH_SPACE", message);
    }
    totalBytes += added;
  }

  async function write(first: Uint8Array, rest: AsyncIterator<Uint8Array>): Promise<SpooledFile> {
    const path = join(directory, `${++sequence}.data`);
    let bytes = 0;
    const remove = async () => {
      totalBytes -= bytes;
      bytes = 0;
      await rm(path, { force: true });
    };
    // Into memory a write takes some microseconds, which is less than a way to another thread and back.
    const file = openSync(path, "wx", 0o600);
    try {
      for (let chunk: Uint8Array | undefined = first; chunk !== undefined; ) {
        account(bytes, chunk.length);
        bytes += chunk.length;
        writeAll(file, chunk);
        const next: IteratorResult<Uint8Array> = await rest.next();
        chunk = next.done ? undefined : next.value;
      }
    } catch (error) {
      await remove();
      if (error instanceof Error && Reflect.get(error, "code") === "ENOSPC") {
        throw new ClickHouseException(
          243,
          "NOT_ENOUGH_SPACE",
          `Cannot keep the request body in ${directory}: no space left`,
        );
      }
      throw error;
    } finally {
      closeSync(file);
    }
    return { path, remove };
  }

  return {
    path: (name) => join(directory, name),
    write,
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
