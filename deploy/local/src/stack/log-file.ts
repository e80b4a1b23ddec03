import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface LogFile {
  readonly path: string;
  /** Appends a line. */
  write(line: string): void;
  close(): void;
}

/** How large a log may grow before it becomes `<name>.1`, over the one before. */
const defaultMaxBytes = 10 * 2 ** 20;

/** A log that takes at most twice `maxBytes` of the disk. Written at once: what a dying process said must not be lost. */
export function openLogFile(path: string, maxBytes = defaultMaxBytes): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let file: number | undefined = openSync(path, "a", 0o600);
  let size = fstatSync(file).size;
  return {
    path,
    write(line) {
      if (file === undefined) return;
      const bytes = Buffer.from(`${line}\n`);
      if (size + bytes.length > maxBytes && size > 0) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, "a", 0o600);
        size = 0;
      }
      writeSync(file, bytes);
      size += bytes.length;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
