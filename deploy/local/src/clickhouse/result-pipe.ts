import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { createPiecePool, type PiecePart } from "./piece-pool.ts";

/**
 * The way of a result from the engine to the client: the statement runs with `INTO OUTFILE '<named pipe>'`, and this
 * is the reading end. It gives each format byte by byte as the engine writes it, while it writes it, and holds the
 * engine back when the client is slow. (chdb's own streaming call plans on the caller's thread and formats every block
 * as a document of its own.)
 */
export interface ResultPipe {
  /**
   * What has been written since the last call, as soon as there is something; null after `finish`, when all is read. One call at a time.
   * Rejects after `discard`.
   */
  next(): Promise<PiecePart | null>;
  /** Drops what the engine still writes, instead of giving it to `next`. Idempotent. */
  discard(): void;
  /** Says that the statement has ended. To be called exactly once. */
  finish(): void;
}

/** Four times what a named pipe holds: so much goes on at a time where the client is slower than the engine. */
const PIECE_BYTES = 256 * 1024;
/** Into less than this is not read. */
const LEAST_ROOM_BYTES = 32 * 1024;
const MAX_FREE_PIECES = 32;

const pool = createPiecePool({ pieceBytes: PIECE_BYTES, maxFree: MAX_FREE_PIECES });

/** Creates the named pipes. Throws when `mkfifo` is missing or fails. */
export function createNamedPipes(paths: readonly string[]): void {
  execFileSync("mkfifo", ["-m", "600", ...paths], { stdio: ["ignore", "ignore", "pipe"] });
}

/** Opens the reading end of a named pipe that no one else reads. */
export function openResultPipe(path: string): ResultPipe {
  // Held open both ways until the statement has ended. The engine may open the file more than once, and would wait
  // forever where no one reads; and as long as this end may write, the reader sees no end of the file.
  const guard = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = openReader(path);
  let drain: Socket | undefined;
  let finished = false;
  return {
    next: reader.next,
    discard() {
      reader.discard();
      if (!finished) drain ??= new Socket({ fd: guard, writable: false }).on("error", () => undefined).resume();
    },
    finish() {
      finished = true;
      if (drain === undefined) closeSync(guard);
      else drain.destroy();
    },
  };
}

function openReader(path: string): Pick<ResultPipe, "next" | "discard"> {
  let piece = pool.take();
  // The piece before, as long as something of it is left to take: nothing is read meanwhile.
  let full: typeof piece | null = null;
  let failure: Error | null = null;
  let hasEnded = false;
  let wake: (() => void) | undefined;

  const socket = new Socket({
    fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    writable: false,
    onread: {
      // The system writes into the piece itself.
      buffer: () => piece.room(),
      callback(count) {
        piece.fill(count);
        if (piece.room().length < LEAST_ROOM_BYTES) {
          full = piece;
          piece = pool.take();
        }
        wake?.();
        return full === null;
      },
    },
  });
  socket.on("error", (error) => {
    failure ??= error;
  });
  socket.once("close", () => {
    hasEnded = true;
    piece.retire();
    wake?.();
  });

  /** What there is now. */
  function take(): PiecePart | null {
    if (full === null) return piece.takePart();
    const part = full.takePart();
    full.retire();
    full = null;
    socket.resume();
    return part ?? piece.takePart();
  }

  return {
    async next() {
      for (;;) {
        if (failure !== null) throw failure;
        const part = take();
        if (part !== null || hasEnded) return part;
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        await woken.promise;
        wake = undefined;
      }
    },
    discard() {
      failure ??= new Error("the rest of the result is dropped");
      socket.destroy();
    },
  };
}
