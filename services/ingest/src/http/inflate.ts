import { promisify } from "node:util";
import { gunzip, inflate, zstdDecompress } from "node:zlib";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Refusal } from "./encoding.ts";

const inflaters = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  zstd: promisify(zstdDecompress),
} as const;

/** Compressions of a body that are read. */
export type Compression = keyof typeof inflaters;

function isCompression(name: string): name is Compression {
  return Object.hasOwn(inflaters, name);
}

/** The compression that a Content-Encoding names; undefined for none; 415 for others and for several at once. */
export function compressionOf(contentEncoding: string | undefined): Compression | Refusal | undefined {
  const name = (contentEncoding ?? "").trim().toLowerCase();
  if (name === "" || name === "identity") return undefined;
  if (isCompression(name)) return name;
  const message = `cannot read the body: got Content-Encoding ${name}, want one of gzip, deflate, zstd, identity`;
  return { status: 415, error: invalid(message), headers: { "accept-encoding": "gzip, deflate, zstd, identity" } };
}

/** Inflates bodies, a few at a time, each up to a limit. */
export interface Inflater {
  /** Throws `too_large` beyond the limit and `invalid_argument` for what is cut off or not of that compression. */
  inflate(body: Uint8Array, compression: Compression): Promise<Buffer>;
}

export interface InflaterOptions {
  /** Largest body after inflation. */
  readonly maxBytes: number;
  /** How many at a time: together they may take that many times `maxBytes` of memory. The others wait. */
  readonly maxConcurrent: number;
}

/** An inflater; what waits is bounded by whoever holds the compressed bodies. */
export function createInflater({ maxBytes, maxConcurrent }: InflaterOptions): Inflater {
  let running = 0;
  const waiting: (() => void)[] = [];
  const turn = async (): Promise<void> => {
    if (running >= maxConcurrent) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
  };
  const done = (): void => {
    // The turn goes to the next in line, or back.
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };
  return {
    inflate: async (body, compression) => {
      await turn();
      try {
        return await inflaters[compression](body, { maxOutputLength: maxBytes });
      } catch (thrown) {
        throw inflateError(thrown, compression, maxBytes);
      } finally {
        done();
      }
    },
  };
}

function inflateError(thrown: unknown, compression: Compression, maxBytes: number): AppError {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return new AppError("too_large", `cannot take the request: it inflates to more than ${maxBytes} bytes`);
  }
  return invalid(`cannot inflate the body as ${compression}: ${AppError.from(thrown).message}`, thrown);
}
