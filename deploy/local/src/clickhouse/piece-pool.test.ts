import assert from "node:assert/strict";
import { test } from "node:test";
import { createPiecePool, type Piece } from "./piece-pool.ts";

function write(piece: Piece, text: string): void {
  piece.fill(piece.room().write(text));
}

test("memory is used again when all that was taken of it has been released, and not before", () => {
  const pool = createPiecePool({ pieceBytes: 16, maxFree: 4 });
  const piece = pool.take();
  write(piece, "abc");
  const first = piece.takePart();
  write(piece, "defg");
  const second = piece.takePart();
  assert.equal(piece.takePart(), null);
  piece.retire();
  first?.release();
  write(pool.take(), "other");
  assert.deepEqual(
    [first, second].map((part) => Buffer.from(part?.bytes ?? []).toString()),
    ["abc", "defg"],
  );
  second?.release();
  write(pool.take(), "again");
  assert.equal(Buffer.from(first?.bytes ?? []).toString(), "aga");
});

test("what was not taken of a retired piece can still be", () => {
  const pool = createPiecePool({ pieceBytes: 16, maxFree: 4 });
  const piece = pool.take();
  write(piece, "last");
  piece.retire();
  write(pool.take(), "other");
  assert.equal(Buffer.from(piece.takePart()?.bytes ?? []).toString(), "last");
});

test("no more memory is kept than may be", () => {
  const pool = createPiecePool({ pieceBytes: 16, maxFree: 1 });
  const pieces = [pool.take(), pool.take()];
  const memories = new Set(pieces.map((piece) => piece.room().buffer));
  for (const piece of pieces) piece.retire();
  const again = [pool.take(), pool.take()].filter((piece) => memories.has(piece.room().buffer));
  assert.equal(again.length, 1);
});
