/** Shows how far long work is. */
export interface Progress {
  /** @param share from 0 to 1; undefined when it is not known */
  update(text: string, share?: number): void;
  /** Leaves the last state as a line of its own. */
  done(text: string): void;
  /** Takes the bar away: something else is to be written. */
  clear(): void;
}

/** Where progress is shown: a terminal's error output, or a file. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR = 24;
const REDRAW_MS = 100;
/** Back to the first column, and clear the line (ECMA-48). */
const CLEAR = "\r\u001b[2K";

/**
 * A bar that is redrawn in place on a terminal; elsewhere only what is done becomes a line, so that logs stay readable.
 *
 * @param now milliseconds of a clock that only goes forward
 */
export function createProgress(stream: ProgressStream, now: () => number): Progress {
  const isTerminal = stream.isTTY === true;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const clear = (): void => {
    if (isTerminal && drawnAt !== Number.NEGATIVE_INFINITY) stream.write(CLEAR);
    drawnAt = Number.NEGATIVE_INFINITY;
  };
  return {
    clear,
    update(text, share) {
      if (!isTerminal || now() - drawnAt < REDRAW_MS) return;
      drawnAt = now();
      stream.write(CLEAR + progressLine(text, share).slice(0, (stream.columns || 80) - 1));
    },
    done(text) {
      drawnAt = Number.NEGATIVE_INFINITY;
      stream.write(`${isTerminal ? CLEAR : ""}${text}\n`);
    },
  };
}

/** One line: a bar and its percentage where the share is known. */
export function progressLine(text: string, share: number | undefined): string {
  if (share === undefined) return `${text} …`;
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR);
  return `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${String(Math.round(share * 100)).padStart(3)} %  ${text}`;
}
