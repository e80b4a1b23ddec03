import { AppError } from "@sightline/errors/app-error";
import type { Response } from "express";

/** What is sent at once: a piece for each row would be a system call for each. */
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Sends an answer while it is made, no faster than it is taken, and ends it. What throws on the way is thrown: nothing may
 * have been sent until then, or a part. Throws `cancelled` when the caller has gone.
 */
export async function sendPieces(
  response: Response,
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  let chunk = "";
  for await (const piece of pieces) {
    if (typeof piece !== "string") {
      if (chunk !== "") await send(response, chunk, signal);
      await send(response, piece, signal);
      chunk = "";
      continue;
    }
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await send(response, chunk, signal);
    chunk = "";
  }
  response.end(chunk);
}

/** Reads the first piece and gives up the others: whether the answer goes well is known then, and what it holds is given back. */
export async function beginPieces(
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> {
  for await (const _piece of pieces) return;
}

/** Resolves when there is room for more; rejects when the caller has gone. */
async function send(response: Response, piece: string | Uint8Array, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new AppError("cancelled", "the caller has gone");
  if (response.write(piece)) return;
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      if (signal.aborted) reject(new AppError("cancelled", "the caller has gone"));
      else resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}
