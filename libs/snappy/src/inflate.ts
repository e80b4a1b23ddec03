import { AppError, invalid } from "@sightline/errors/app-error";

/**
 * Inflates the block format of Snappy (google/snappy `format_description.txt`), which remote write and Loki use; the
 * framed format is another one. The length stands at the front: nothing is allocated before it is known to be allowed.
 *
 * @throws AppError too_large when it says more than `maxBytes`, invalid_argument when the block is broken
 */
export function inflateSnappy(block: Uint8Array, maxBytes: number): Buffer {
  const header = readLength(block);
  if (header.length > maxBytes) {
    throw new AppError("too_large", `cannot take the request: it inflates to more than ${maxBytes} bytes`);
  }
  // An element of three bytes makes 64: a length beyond that is a lie that would cost memory.
  if (header.length > block.length * 22) throw broken(`it says ${header.length} bytes, more than it can hold`);
  const out = Buffer.allocUnsafe(header.length);
  const written = inflateElements(block, header.end, out);
  if (written !== out.length) throw broken(`it says ${out.length} bytes and holds ${written}`);
  return out;
}

function readLength(block: Uint8Array): { length: number; end: number } {
  let length = 0;
  for (let at = 0; at < 5; at++) {
    const byte = block[at];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { length, end: at + 1 };
  }
  throw broken("its length cannot be read");
}

/** Fills `out`; answers how much of it was written. */
function inflateElements(block: Uint8Array, start: number, out: Buffer): number {
  let from = start;
  let to = 0;
  while (from < block.length) {
    const tag = block[from++] ?? 0;
    const kind = tag & 3;
    if (kind === 0) {
      const extra = Math.max(0, (tag >> 2) - 59);
      const length = 1 + (extra === 0 ? tag >> 2 : littleEndian(block, from, extra));
      from += extra;
      if (from + length > block.length || to + length > out.length) throw broken("a literal goes beyond its end");
      out.set(block.subarray(from, from + length), to);
      from += length;
      to += length;
      continue;
    }
    const bytes = kind === 3 ? 4 : kind;
    const low = littleEndian(block, from, bytes);
    from += bytes;
    const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const offset = kind === 1 ? ((tag >> 5) << 8) | low : low;
    if (offset === 0 || offset > to) throw broken("a copy begins before its start");
    if (to + length > out.length) throw broken("a copy goes beyond its end");
    copyWithin(out, { to, offset, length });
    to += length;
  }
  return to;
}

/** Repeats what lies `offset` bytes back; when that is less than `length`, it repeats itself. */
function copyWithin(out: Buffer, { to, offset, length }: { to: number; offset: number; length: number }): void {
  // A loop over so few bytes is cheaper than a call of copyWithin.
  for (let at = to; at < to + length; at++) out[at] = out[at - offset] ?? 0;
}

function littleEndian(block: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > block.length) throw broken("it is cut off");
  let value = 0;
  for (let index = bytes - 1; index >= 0; index--) value = value * 256 + (block[at + index] ?? 0);
  return value;
}

function broken(why: string): AppError {
  return invalid(`cannot inflate the body as a snappy block: ${why}`);
}
