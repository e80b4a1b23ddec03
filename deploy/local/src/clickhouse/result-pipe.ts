import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";

/**
 * The way of a result from the engine to the client: the statement runs with `INTO OUTFILE '<named pipe>'`, and this
 * is the reading end. It gives each format byte by byte as the engine writes it, while it writes it, and holds the
 * engine back when the client is slow. (chdb's own streaming call plans on the caller's thread and formats every block
 * as a document of its own.)
 */
export interface ResultPipe {
  /** Ends after `finish`, when all is read. */
  readonly chunks: AsyncIterator<Buffer>;
  /** Drops what the engine still writes, instead of giving it to `chunks`. Idempotent. */
  discard(): void;
  /** Says that the statement has ended. To be called exactly once. */
  finish(): void;
}

/** Creates the named pipes. Throws when `mkfifo` is missing or fails. */
export function createNamedPipes(paths: readonly string[]): void {
  execFileSync("mkfifo", ["-m", "600", ...paths], { stdio: ["ignore", "ignore", "pipe"] });
}

/** Opens the reading end of a named pipe that no one else reads. */
export function openResultPipe(path: string): ResultPipe {
  // Held open both ways until the statement has ended. The engine may open the file more than once, and would wait
  // forever where no one reads; and as long as this end may write, the reader sees no end of the file.
  const guard = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
  // Errors reach the consumer through the iterator; without a consumer they concern no one.
  reader.on("error", () => undefined);
  let drain: Socket | undefined;
  let finished = false;
  return {
    chunks: reader[Symbol.asyncIterator](),
    discard() {
      reader.destroy();
      if (!finished) drain ??= new Socket({ fd: guard, writable: false }).on("error", () => undefined).resume();
    },
    finish() {
      finished = true;
      if (drain === undefined) closeSync(guard);
      else drain.destroy();
    },
  };
}
