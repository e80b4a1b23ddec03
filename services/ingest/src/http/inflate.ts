import { promisify } from "node:util";
import { gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";
import { AppError, invalid } from "@sightline/errors/app-error";
import { inflateSnappy } from "@sightline/snappy/inflate";
import type { Refusal } from "./content.ts";

type Inflate = (body: Uint8Array, limit: { readonly maxOutputLength: number }) => Promise<Buffer>;

const zlibInflate = promisify(inflate);
const rawInflate = promisify(inflateRaw);

const inflaters = {
  gzip: promisify(gunzip),
  // "deflate" is the zlib format (RFC 9110 §8.4.1.2), but some senders leave its header away, as browsers know.
  deflate: (body, limit) => (hasZlibHeader(body) ? zlibInflate(body, limit) : rawInflate(body, limit)),
  zstd: promisify(zstdDecompress),
  snappy: async (body, { maxOutputLength }) => inflateSnappy(body, maxOutputLength),
} as const satisfies Record<string, Inflate>;

/** Compressions of a body that can be read; `snappy` is the block format. */
export type Compression = keyof typeof inflaters;

/** What a route reads unless it says otherwise. */
export const USUAL_COMPRESSIONS: readonly Compression[] = ["gzip", "deflate", "zstd"];

/** The compression that a Content-Encoding names; undefined for none; 415 for others and for several at once. */
export function compressionOf(
  contentEncoding: string,
  allowed: readonly Compression[],
): Compression | Refusal | undefined {
  const name = contentEncoding.trim().toLowerCase();
  if (name === "identity") return undefined;
  const compression = allowed.find((candidate) => candidate === (name === "x-gzip" ? "gzip" : name));
  if (compression !== undefined) return compression;
  const wanted = [...allowed, "identity"].join(", ");
  const message = `cannot read the body: got Content-Encoding ${name.slice(0, 100)}, want one of ${wanted}`;
  return { status: 415, error: invalid(message), headers: { "accept-encoding": wanted } };
}

function hasZlibHeader(body: Uint8Array): boolean {
  const [method = 0, flags = 0] = body;
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0;
}

/** Inflates bodies, a few at a time, each up to a limit. */
export interface Inflater {
  /** Throws `too_large` beyond `maxBytes` and `invalid_argument` for what is cut off or not of that compression. */
  inflate(body: Uint8Array, compression: Compression, maxBytes: number): Promise<Buffer>;
}

export interface InflaterOptions {
  /** How many at a time: together they may take that many times their limit of memory. The others wait. */
  readonly maxConcurrent: number;
}

/** An inflater; what waits is bounded by whoever holds the compressed bodies. */
export function createInflater({ maxConcurrent }: InflaterOptions): Inflater {
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
    inflate: async (body, compression, maxBytes) => {
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
  if (thrown instanceof AppError) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return new AppError("too_large", `cannot take the request: it inflates to more than ${maxBytes} bytes`);
  }
  return invalid(`cannot inflate the body as ${compression}: ${AppError.from(thrown).message}`, thrown);
}
