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
  for (let i = start; i < start + size; i += 2) {
    const digits = (pairs[source.getUint8(i)] ?? 0) | ((pairs[source.getUint8(i + 1)] ?? 0) << 16);
    view.setInt32(at, digits, true);
    at += 4;
  }
  column.length = at;
}

function isZero(source: DataView, start: number, size: number): boolean {
  for (let i = start; i < start + size; i += 4) if (source.getInt32(i, true) !== 0) return false;
  return true;
}
