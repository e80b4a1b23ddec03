/**
 * Memory that bytes are read into, used again and again: new memory for every 64 KiB of them was garbage, and to collect it cost as much
 * as to pass the bytes on.
 */
export interface PiecePool {
  take(): Piece;
}

/** Memory that is filled from its start and given away part by part while it is. */
export interface Piece {
  /** Where the next bytes go. */
  room(): Buffer;
  /** Says that so many bytes have been written there. */
  fill(count: number): void;
  /** What was filled and not taken yet; null where there is nothing. */
  takePart(): PiecePart | null;
  /** Says that nothing more is filled. The memory is used again when all its parts have been released. */
  retire(): void;
}

export interface PiecePart {
  readonly bytes: Uint8Array;
  /** Says that nobody reads the bytes any more. To be called once. */
  release(): void;
}

export interface PiecePoolOptions {
  readonly pieceBytes: number;
  /** How many pieces of memory are kept that are not used. */
  readonly maxFree: number;
}

export function createPiecePool({ pieceBytes, maxFree }: PiecePoolOptions): PiecePool {
  const free: Buffer[] = [];
  const give = (memory: Buffer) => {
    if (free.length < maxFree) free.push(memory);
  };
  return { take: () => createPiece(free.pop() ?? Buffer.allocUnsafeSlow(pieceBytes), give) };
}

function createPiece(memory: Buffer, give: (memory: Buffer) => void): Piece {
  let filled = 0;
  let taken = 0;
  // The one that fills it is a user too.
  let users = 1;
  const leave = () => {
    users--;
    if (users === 0 && taken === filled) give(memory);
  };
  return {
    room: () => memory.subarray(filled),
    fill(count) {
      filled += count;
    },
    takePart() {
      if (taken === filled) return null;
      const bytes = memory.subarray(taken, filled);
      taken = filled;
      users++;
      return { bytes, release: leave };
    },
    retire: leave,
  };
}
