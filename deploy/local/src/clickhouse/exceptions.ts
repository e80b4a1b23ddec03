/**
 * ClickHouse exceptions as its HTTP interface shows them: `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`
 * with the code in `X-ClickHouse-Exception-Code` and an HTTP status that follows from it.
 */
export class ClickHouseException extends Error {
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, message: string) {
    super(message);
    this.name = "ClickHouseException";
    this.code = code;
    this.type = type;
  }
}

const PREFIX = /^Code: (\d+)\. DB::Exception: /;
const SUFFIX = /[\s.]*\(([A-Z][A-Z0-9_]+)\)(?: \(version [^)]*\))?\.?\s*$/;
/** What the engine adds because insert data reaches it through a file: no business of the client, who sent a body. */
const SPOOL_NOISE = [/: \(in file\/uri [^)]*\)/g, /: While executing File/g, /: data for INSERT was parsed from file/g];

/**
 * Reads the engine's message. The engine wraps an exception in itself up to three times
 * (`Code: 73. DB::Exception: Code: 73. DB::Exception: …`); this keeps the innermost.
 */
export function parseException(error: unknown): ClickHouseException {
  if (error instanceof ClickHouseException) return error;
  let text = error instanceof Error ? error.message : String(error);
  let code = 1002;
  let type = "UNKNOWN_EXCEPTION";
  for (let match = PREFIX.exec(text); match !== null; match = PREFIX.exec(text)) {
    code = Number(match[1]);
    text = text.slice(match[0].length);
  }
  for (let match = SUFFIX.exec(text); match !== null; match = SUFFIX.exec(text)) {
    type = match[1] ?? type;
    text = text.slice(0, match.index);
  }
  for (const noise of SPOOL_NOISE) text = text.replace(noise, "");
  return new ClickHouseException(code, type, text.trim());
}

/** The body of an error answer, in the words that clients parse code and type from. */
export function formatException(exception: ClickHouseException, version: string): string {
  return `Code: ${exception.code}. DB::Exception: ${exception.message}. (${exception.type}) (version ${version})\n`;
}

const BAD_REQUEST = new Set([
  6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676,
]);
const NOT_FOUND = new Set([46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]);
const FORBIDDEN = new Set([192, 193, 497, 512, 516]);
const OTHERS = new Map([
  [48, 501],
  [76, 503],
  [159, 408],
  [194, 401],
  [209, 503],
  [229, 413],
  [307, 413],
  [381, 411],
  [439, 503],
  [779, 415],
]);

/**
 * The HTTP status of an exception code, as the server's `exceptionCodeToHTTPStatus` maps it (plus 413 for a body over
 * this server's own limit, code 307, which the real one does not have).
 */
export function httpStatus(code: number): number {
  if (BAD_REQUEST.has(code)) return 400;
  if (NOT_FOUND.has(code)) return 404;
  if (FORBIDDEN.has(code)) return 403;
  return OTHERS.get(code) ?? 500;
}
