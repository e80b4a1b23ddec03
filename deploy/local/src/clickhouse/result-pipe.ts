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
  readonly chunks: AsyncIterator<Buffer>;
  /** Says that the engine is done, so that `chunks` ends even when it wrote nothing. */
  finish(): void;
  /** Stops reading: a blocked writer goes on and its output is dropped. */
  destroy(): void;
}

/** Creates the named pipes. Throws when `mkfifo` is missing or fails. */
export function createNamedPipes(paths: readonly string[]): void {
  execFileSync("mkfifo", ["-m", "600", ...paths], { stdio: ["ignore", "ignore", "pipe"] });
}

function errorCode(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, "code") : undefined;
}

/** Opens the reading end of a named pipe that no one else reads. */
export function openResultPipe(path: string): ResultPipe {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd: descriptor, readable: true, writable: false });
  // Errors reach the reader through the iterator; without a reader they concern no one.
  socket.on("error", () => undefined);
  return {
    chunks: socket[Symbol.asyncIterator](),
    finish() {
      try {
        closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
      } catch (error) {
        // ENXIO: the reader has seen the end already.
        if (errorCode(error) !== "ENXIO") throw error;
      }
    },
    destroy: () => socket.destroy(),
  };
}
