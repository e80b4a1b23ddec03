import { createHash, type Hash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { AppError } from "@sightline/errors/app-error";

/** What went into a table's file: the rows before compression. */
export interface TableFile {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

const NEWLINE = 10;

/** Writes rows in the text form of COPY, one a line, into a compressed file. */
export async function writeTableFile(rows: Readable, path: string, signal: AbortSignal): Promise<TableFile> {
  const meter = createMeter();
  const file = createWriteStream(path, { mode: 0o600, flush: true });
  try {
    await pipeline(rows, meter.stream, createZstdCompress(), file, { signal });
  } catch (cause) {
    if (signal.aborted) throw AppError.from(signal.reason);
    throw new AppError("unavailable", `cannot write ${path}: ${AppError.from(cause).message}`, { cause });
  }
  return meter.result();
}

/** Gives a file's rows to a table. Throws `data_loss` at its end when they are not those that were written. */
export async function readTableFile(
  path: string,
  into: Writable,
  options: { readonly want: TableFile; readonly signal: AbortSignal },
): Promise<void> {
  const { want, signal } = options;
  const meter = createMeter();
  try {
    await pipeline(createReadStream(path), createZstdDecompress(), meter.stream, into, { signal });
  } catch (cause) {
    if (signal.aborted) throw AppError.from(signal.reason);
    throw new AppError("data_loss", `cannot restore from ${path}: ${AppError.from(cause).message}`, { cause });
  }
  const { sha256 } = meter.result();
  if (sha256 === want.sha256) return;
  throw new AppError("data_loss", `cannot trust ${path}: got SHA-256 ${sha256}, want ${want.sha256}`);
}

/** Reads a file to its end; throws `data_loss` when it does not hold the rows that were written. */
export function checkTableFile(path: string, want: TableFile, signal: AbortSignal): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return readTableFile(path, nowhere, { want, signal });
}

/** Passes bytes on and tells what they were. COPY's text form has a newline at the end of rows only. */
function createMeter() {
  const hash: Hash = createHash("sha256");
  let rows = 0;
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
      done(null, chunk);
    },
  });
  return { stream, result: (): TableFile => ({ rows, bytes, sha256: hash.digest("hex") }) };
}
