import { appendEmptyString, type PlainColumn, reserve } from "@sightline/columns/plain-column";

/** For each byte its two lower-case hex digits, the first in the low half. */
const pairs = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  const digits = byte.toString(16).padStart(2, "0");
  pairs[byte] = digits.charCodeAt(0) | (digits.charCodeAt(1) << 8);
}

/** Bytes of a trace id and of a span id. */
export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

/**
 * Appends an id of `size` bytes (a multiple of 4) as lower-case hex. One that is absent, of another size or all zeros
 * is no id (opentelemetry-proto trace.proto, trace_id): "".
 */
export function appendId(
  column: PlainColumn,
  source: DataView,
  range: { start: number; end: number },
  size: number,
): void {
  const { start } = range;
  if (range.end - start !== size || isZero(source, start, size)) {
    appendEmptyString(column);
    return;
  }
  reserve(column, 2 * size + 1);
  const { view } = column;
  let at = column.length;
  column.bytes[at++] = 2 * size;
  for (let i = start; i < start + size; i += 4) {
    const word = source.getInt32(i, true);
    const first = (pairs[word & 0xff] ?? 0) | ((pairs[(word >>> 8) & 0xff] ?? 0) << 16);
    const second = (pairs[(word >>> 16) & 0xff] ?? 0) | ((pairs[word >>> 24] ?? 0) << 16);
    view.setInt32(at, first, true);
    view.setInt32(at + 4, second, true);
    at += 8;
  }
  column.length = at;
}

function isZero(source: DataView, start: number, size: number): boolean {
  for (let i = start; i < start + size; i += 4) if (source.getInt32(i, true) !== 0) return false;
  return true;
}
