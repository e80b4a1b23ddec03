import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline, type Writable } from "node:stream";
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress } from "node:zlib";
import { type ClickHouseException, formatException, httpStatus } from "./exceptions.ts";
import type { RawResult } from "./native-addon.ts";
import type { PiecePart } from "./piece-pool.ts";

/** Counters of `X-ClickHouse-Summary`. */
export type Summary = Record<string, string>;

/**
 * The real server's summary, all counters as strings. The binding tells how many rows a SELECT gave and an INSERT took
 * from its data; what a statement read from tables, and what INSERT SELECT wrote, stay "0".
 */
export function summarize(result: RawResult | undefined, inserted = false): Summary {
  const rows = String(result?.rowsRead ?? 0);
  const bytes = String(result?.bytesRead ?? 0);
  return {
    read_rows: inserted ? rows : "0",
    read_bytes: inserted ? bytes : "0",
    written_rows: inserted ? rows : "0",
    written_bytes: inserted ? bytes : "0",
    total_rows_to_read: "0",
    result_rows: rows,
    result_bytes: bytes,
    elapsed_ns: String(Math.round((result?.elapsed ?? 0) * 1e9)),
  };
}

export interface AnswerHead {
  readonly queryId: string;
  readonly format: string;
  readonly contentType: string;
  readonly timezone: string;
  readonly summary: Summary;
  /** Marks an exception inside a body whose status has been sent already. */
  readonly exceptionTag: string;
}

/** A client's own text as a header value: what may not stand there becomes a question mark. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

/** Writes the status line and the headers every successful answer has. */
export function writeHead(response: ServerResponse, head: AnswerHead): void {
  response.writeHead(200, {
    "Content-Type": head.contentType,
    "X-ClickHouse-Query-Id": headerText(head.queryId),
    "X-ClickHouse-Format": headerText(head.format),
    "X-ClickHouse-Timezone": head.timezone,
    "X-ClickHouse-Server-Display-Name": "sightline",
    "X-ClickHouse-Exception-Tag": head.exceptionTag,
    "X-ClickHouse-Summary": JSON.stringify(head.summary),
  });
}

/** Writes a whole error answer. */
export function writeException(
  response: ServerResponse,
  exception: ClickHouseException,
  context: { readonly queryId: string; readonly version: string },
): void {
  const body = formatException(exception, context.version);
  response.writeHead(httpStatus(exception.code), {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Length": Buffer.byteLength(body),
    "X-ClickHouse-Exception-Code": exception.code,
    "X-ClickHouse-Query-Id": headerText(context.queryId),
  });
  response.end(body);
}

/** The end of a body that an exception cut short, as the server writes it since 25.11. */
export function exceptionBlock(exception: ClickHouseException, tag: string, version: string): string {
  const message = formatException(exception, version);
  const length = Buffer.byteLength(message);
  return `\r\n__exception__\r\n${tag}\r\n${message}${length} ${tag}\r\n__exception__\r\n`;
}

const COMPRESSORS = {
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (level: number) => createGzip({ level }),
  deflate: (level: number) => createDeflate({ level }),
  zstd: () => createZstdCompress(),
};

/**
 * Where the body goes: the response itself or, when the client accepts it and asks for it with
 * `enable_http_compression=1`, a compressor before it. To be called before `writeHead`.
 */
export function openBody(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ReadonlyMap<string, string>,
): Writable {
  if (!["1", "true"].includes(settings.get("enable_http_compression") ?? "")) return response;
  const accepted = String(request.headers["accept-encoding"] ?? "").toLowerCase();
  const level = Number(settings.get("http_zlib_compression_level") ?? 3);
  for (const [encoding, create] of Object.entries(COMPRESSORS)) {
    if (!accepted.split(",").some((entry) => entry.split(";")[0]?.trim() === encoding)) continue;
    response.setHeader("Content-Encoding", encoding);
    const compressor = create(level);
    pipeline(compressor, response, () => undefined);
    return compressor;
  }
  return response;
}

/** ClickHouse's `http_send_timeout`: a client that reads nothing for so long is given up, with the query it holds up. */
const SEND_TIMEOUT_MS = 30_000;

/** Writes and waits while the receiver is slower than the sender. Rejects when `signal` says that it is gone. */
export async function writePart(body: Writable, { bytes, release }: PiecePart, signal: AbortSignal): Promise<void> {
  if (body.write(bytes, release)) return;
  // Large answers wait for each of their parts: a timer costs a tenth of a signal that ends by itself.
  const waiting = new AbortController();
  const giveUp = () => waiting.abort(signal.reason);
  const timer = setTimeout(giveUp, SEND_TIMEOUT_MS);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    signal.throwIfAborted();
    await once(body, "drain", { signal: waiting.signal });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}
