/** As far back as a copy of three bytes reaches; what lies together in so many bytes is looked through at once. */
const FRAGMENT_BYTES = 64 * 1024;
const HASH_BITS = 14;
/** Repeats shorter than this are not looked for. */
const LEAST_MATCH = 4;
/** As long as one copy gets. */
const MOST_COPIED = 64;

/**
 * Deflates to a block of Snappy (google/snappy `format_description.txt`). Repeats are found by the hash of four bytes, within 64 KiB
 * of each other; where none come they are looked for less and less often, so that noise costs little.
 */
export function deflateSnappy(plain: Uint8Array): Buffer {
  const out = createBlock(plain);
  const table = new Uint16Array(2 ** HASH_BITS);
  for (let start = 0; start < plain.length; start += FRAGMENT_BYTES) {
    table.fill(0);
    deflateFragment({ plain, start, end: Math.min(plain.length, start + FRAGMENT_BYTES) }, table, out);
  }
  return out.bytes();
}

interface Fragment {
  readonly plain: Uint8Array;
  readonly start: number;
  readonly end: number;
}

function deflateFragment({ plain, start, end }: Fragment, table: Uint16Array, out: Block): void {
  let literalFrom = start;
  let at = start + 1;
  for (let tries = 32; at + LEAST_MATCH <= end; ) {
    const word = wordAt(plain, at);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = start + (table[slot] ?? 0);
    table[slot] = at - start;
    if (candidate >= at || wordAt(plain, candidate) !== word) {
      at += tries++ >> 5;
      continue;
    }
    let length = LEAST_MATCH;
    while (at + length < end && plain[candidate + length] === plain[at + length]) length++;
    out.literal(literalFrom, at);
    out.copy(at - candidate, length);
    at += length;
    literalFrom = at;
    tries = 32;
  }
  out.literal(literalFrom, end);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}

interface Block {
  /** Writes bytes of the plain text as they are. */
  literal(from: number, to: number): void;
  /** Writes that what lies so far back comes again. */
  copy(offset: number, length: number): void;
  bytes(): Buffer;
}

/** The longest a block can be (`MaxCompressedLength` of google/snappy). */
function longest(length: number): number {
  return 32 + length + Math.ceil(length / 6);
}

function createBlock(plain: Uint8Array): Block {
  const out = Buffer.allocUnsafe(longest(plain.length));
  let to = 0;
  let left = plain.length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) out[to++] = (left & 0x7f) | 0x80;
  out[to++] = left;
  return {
    literal(from, end) {
      const count = end - from - 1;
      if (count < 0) return;
      if (count < 60) out[to++] = count << 2;
      else {
        const isShort = count < 0x100;
        out[to++] = (isShort ? 60 : 61) << 2;
        out[to++] = count & 0xff;
        if (!isShort) out[to++] = count >> 8;
      }
      out.set(plain.subarray(from, end), to);
      to += end - from;
    },
    copy(offset, length) {
      for (let rest = length; rest > 0; ) {
        const count = Math.min(rest, MOST_COPIED);
        out[to++] = ((count - 1) << 2) | 2;
        out[to++] = offset & 0xff;
        out[to++] = offset >> 8;
        rest -= count;
      }
    },
    bytes: () => out.subarray(0, to),
  };
}
