import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import type { BufferPool } from "./buffer-pool.ts";
import { failureTrailers, timeoutOf } from "./grpc-headers.ts";
import { createMessageReader, type ReceivedMessage } from "./message-reader.ts";

/** A caller that was let in. */
export interface Admitted<T> {
  /** Who it is. */
  readonly caller: T;
  /**
   * Makes room for that many bytes of its request before they are read; throws to refuse them.
   *
   * @returns gives the room back
   */
  reserve(bytes: number): () => void;
}

/** A call whose request has been read. */
export interface BytesCall<T> {
  readonly caller: T;
  /**
   * The serialized request. Its memory is used again once the handler has answered: whoever keeps a part of it copies
   * that. When the handler throws, its memory is left alone, since work that it began may still look at it.
   */
  readonly body: Buffer;
  /** Aborts when the caller gave up or its deadline is over. */
  readonly signal: AbortSignal;
}

/** Inflates messages; how many at a time is for it to bound, as what they grow to is known only behind it. */
export interface MessageInflater {
  /** What it knows, by the names that HTTP has for them as well. */
  readonly encodings: readonly string[];
  /** Throws `too_large` beyond `maxBytes`, and `invalid_argument` for what is no such encoding. */
  inflate(message: Uint8Array, encoding: string, maxBytes: number): Promise<Buffer>;
}

export interface CallOptions<T> {
  readonly headers: IncomingHttpHeaders;
  readonly admit: () => Promise<Admitted<T>>;
  readonly handle: (call: BytesCall<T>) => Promise<Uint8Array>;
  readonly maxReceiveBytes: number;
  readonly maxDurationMs: number;
  readonly pool: BufferPool;
  readonly inflater: MessageInflater;
  /** See `replyHeaders`. */
  readonly reply: OutgoingHttpHeaders;
}

/** Serves one unary call; answers its code. Never rejects. */
export async function serveCall<T>(stream: ServerHttp2Stream, options: CallOptions<T>): Promise<Outcome> {
  const ending = new AbortController();
  const giveUp = (code: ErrorCode, message: string) => ending.abort(new AppError(code, message));
  const onClose = () => giveUp("cancelled", "cannot answer the call: the caller gave up");
  stream.once("close", onClose);
  // Without a listener an error of the connection would end the process; its end is heard of by "close".
  stream.on("error", () => undefined);
  let timer: NodeJS.Timeout | undefined;
  try {
    const ms = Math.min(timeoutOf(options.headers) ?? Number.POSITIVE_INFINITY, options.maxDurationMs);
    timer = setTimeout(() => giveUp("deadline_exceeded", "cannot answer the call: its deadline is over"), ms);
    const answer = await untilAborted(answerOf(stream, options, ending.signal), ending.signal);
    respond(stream, options.reply, answer);
    return { code: "ok" };
  } catch (thrown) {
    refuse(stream, options.reply, failureTrailers(thrown));
    return { code: AppError.from(thrown).code, thrown };
  } finally {
    clearTimeout(timer);
    stream.off("close", onClose);
  }
}

export interface Outcome {
  readonly code: ErrorCode | "ok";
  readonly thrown?: unknown;
}

async function answerOf<T>(
  stream: ServerHttp2Stream,
  { headers, admit, handle, maxReceiveBytes, pool, inflater }: CallOptions<T>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  // Until it is read, HTTP/2 leaves all of the request but one window with the sender.
  const { caller, reserve } = await admit();
  // Of a stream that has ended meanwhile nothing is heard any more.
  signal.throwIfAborted();
  const releases: (() => void)[] = [];
  try {
    const announced = (bytes: number) => void releases.push(reserve(bytes));
    const message = await readMessage(stream, { maxBytes: maxReceiveBytes, pool, announced }, signal);
    const body = message.compressed ? await inflated(message, { headers, maxReceiveBytes, inflater }) : message.bytes;
    if (message.compressed) announced(body.length);
    signal.throwIfAborted();
    const answer = await handle({ caller, body, signal });
    message.giveBack();
    return answer;
  } finally {
    for (const release of releases) release();
  }
}

function readMessage(
  stream: ServerHttp2Stream,
  options: Parameters<typeof createMessageReader>[0],
  signal: AbortSignal,
): Promise<ReceivedMessage> {
  const reader = createMessageReader(options);
  const { promise, resolve, reject } = Promise.withResolvers<ReceivedMessage>();
  const attempt = (step: () => void) => {
    try {
      step();
    } catch (thrown) {
      stream.pause();
      stream.off("data", onData);
      reject(thrown);
    }
  };
  const onData = (chunk: Buffer) => attempt(() => reader.push(chunk));
  stream.on("data", onData);
  stream.once("end", () => attempt(() => resolve(reader.end())));
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

function inflated(
  { bytes }: ReceivedMessage,
  { headers, maxReceiveBytes, inflater }: Pick<CallOptions<unknown>, "headers" | "maxReceiveBytes" | "inflater">,
): Promise<Buffer> {
  const encoding = String(headers["grpc-encoding"] ?? "identity");
  if (inflater.encodings.includes(encoding)) return inflater.inflate(bytes, encoding, maxReceiveBytes);
  const want = acceptedEncodings(inflater);
  throw new AppError(
    "unimplemented",
    `cannot read the request: got grpc-encoding ${encoding.slice(0, 50)}, want ${want}`,
  );
}

function acceptedEncodings({ encodings }: MessageInflater): string {
  return ["identity", ...encodings].join(",");
}

/** What every answer of a server begins with. */
export function replyHeaders(inflater: MessageInflater): OutgoingHttpHeaders {
  return {
    [constants.HTTP2_HEADER_STATUS]: 200,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc+proto",
    "grpc-accept-encoding": acceptedEncodings(inflater),
  };
}

const OK: OutgoingHttpHeaders = { "grpc-status": 0, "grpc-message": "OK" };

function respond(stream: ServerHttp2Stream, reply: OutgoingHttpHeaders, answer: Uint8Array): void {
  if (stream.destroyed || stream.closed) return;
  const framed = Buffer.allocUnsafe(5 + answer.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(answer.length, 1);
  framed.set(answer, 5);
  stream.respond(reply, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers(OK));
  stream.end(framed);
}

/** Ends a call without an answer. What its sender still sends is refused rather than read. */
export function refuse(stream: ServerHttp2Stream, reply: OutgoingHttpHeaders, trailers: OutgoingHttpHeaders): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ...reply, ...trailers }, { endStream: true });
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
