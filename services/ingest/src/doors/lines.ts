const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The lines of a body without their ends, be these LF or CRLF. */
export function* linesOf(body: Buffer): Generator<Buffer> {
  // Windows' programs put a mark before the first one.
  let from = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  while (from < body.length) {
    const found = body.indexOf(LINE_FEED, from);
    const end = found === -1 ? body.length : found;
    yield body.subarray(from, body[end - 1] === CARRIAGE_RETURN && end > from ? end - 1 : end);
    from = end + 1;
  }
}
