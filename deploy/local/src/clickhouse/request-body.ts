import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { ClickHouseException } from "./exceptions.ts";

/** The first bytes of a request's text and whatever follows them. */
export interface SplitBody {
  readonly head: Buffer;
  /** True when `head` is everything. */
  readonly complete: boolean;
  readonly rest: AsyncIterator<Buffer>;
}

function decompressor(encoding: string): Transform | undefined {
  switch (encoding) {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    case "zstd":
      return createZstdDecompress();
    default:
      throw new ClickHouseException(89, "UNKNOWN_COMPRESSION_METHOD", `Unknown HTTP content encoding '${encoding}'`);
  }
}

/** Turns what zlib says of a damaged body into the client's error; a body cut off by a lost client stays as it is. */
async function* decoded(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (typeof code === "string" && /^(Z_|ERR_|ZSTD_)/.test(code) && code !== "ERR_STREAM_PREMATURE_CLOSE") {
      throw new ClickHouseException(354, "ZLIB_INFLATE_FAILED", `Cannot decompress the request body: ${code}`);
    }
    throw error;
  }
}

/** The body's bytes, decompressed as its Content-Encoding says. Throws ClickHouseException on a damaged body. */
export function readBody(request: IncomingMessage): AsyncGenerator<Buffer> {
  const transform = decompressor((request.headers["content-encoding"] ?? "").trim().toLowerCase());
  // A failure of either side reaches the reader of `decoded`: pipeline destroys both with it.
  return decoded(transform === undefined ? request : pipeline(request, transform, () => undefined));
}

/** Reads until at least `bytes` are there or the body ends, with `prefix` put before the body. */
export async function splitBody(prefix: string, body: AsyncIterator<Buffer>, bytes: number): Promise<SplitBody> {
  const chunks: Buffer[] = [Buffer.from(prefix, "utf8")];
  for (let size = chunks[0]?.length ?? 0; size <= bytes; ) {
    const next = await body.next();
    if (next.done) return { head: Buffer.concat(chunks), complete: true, rest: body };
    chunks.push(next.value);
    size += next.value.length;
  }
  return { head: Buffer.concat(chunks), complete: false, rest: body };
}

/**
 * The fields of a `multipart/form-data` body: clients put a query and its parameters there when they are too long for a
 * URL. Parts with a file name (external tables) are refused.
 */
export async function readForm(
  body: AsyncIterator<Buffer>,
  contentType: string,
  maxBytes: number,
): Promise<URLSearchParams> {
  const { head, complete } = await splitBody("", body, maxBytes);
  if (!complete) throw new ClickHouseException(229, "QUERY_IS_TOO_LARGE", `The form is larger than ${maxBytes} bytes`);
  const response = new Response(new Uint8Array(head), { headers: { "content-type": contentType } });
  const form = await response.formData().catch((cause: unknown) => {
    throw new ClickHouseException(36, "BAD_ARGUMENTS", `Cannot parse the form: ${String(cause)}`);
  });
  const fields = new URLSearchParams();
  for (const [name, value] of form) {
    if (typeof value !== "string")
      throw new ClickHouseException(48, "NOT_IMPLEMENTED", "External tables are not supported");
    fields.append(name, value);
  }
  return fields;
}
