const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

/** The lines of a body without their ends, be these LF or CRLF. */
export interface Lines {
  /** The next line; undefined behind the last. */
  next(): Buffer | undefined;
  /** The next line with more than white space in it: of others, a body may have millions at no cost to its sender. */
  nextFilled(): Buffer | undefined;
  /** Which line was given last, from 1. */
  number(): number;
}

/** Reads a body line by line. */
export function openLines(body: Buffer): Lines {
  // Windows' programs put a mark before the first one.
  let from = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  let number = 0;
  const next = (): Buffer | undefined => {
    if (from >= body.length) return undefined;
    const found = body.indexOf(LINE_FEED, from);
    const end = found === -1 ? body.length : found;
    const line = body.subarray(from, body[end - 1] === CARRIAGE_RETURN && end > from ? end - 1 : end);
    from = end + 1;
    number += 1;
    return line;
  };
  const passBlank = (): void => {
    let at = from;
    for (; at < body.length; at++) {
      const byte = body[at] ?? 0;
      if (byte === LINE_FEED) {
        from = at + 1;
        number += 1;
      } else if (!isWhiteSpace(byte)) break;
    }
    if (at === body.length) from = at;
  };
  return {
    next,
    nextFilled: () => {
      passBlank();
      return next();
    },
    number: () => number,
  };
}

function isWhiteSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN);
}
