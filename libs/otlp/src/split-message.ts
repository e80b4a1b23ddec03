import { AppError } from "@sightline/errors/app-error";
import { fieldHead, type MessageField, type MessagePath, readLevel } from "./message-path.ts";

/**
 * Splits a protobuf message into several of at most `maxBytes` that are the same together: whole records, each under a
 * copy of what surrounds it (resource, scope). The message must be well-formed. Throws `too_large` when a single record
 * with what surrounds it is longer than that.
 */
export function splitMessage(message: Uint8Array, path: MessagePath, maxBytes: number): Uint8Array[] {
  if (message.length <= maxBytes) return [message];
  const [level, ...deeper] = path;
  const { items, rest } = readLevel(message, level);
  if (items.length === 0) throw tooLarge(message.length, maxBytes);
  const room = maxBytes - rest.length;
  const pieces = items.flatMap((item) => piecesOf(item, deeper, room));
  const groups = typeof level === "number" ? packed(pieces, room) : pieces.map((piece) => [piece]);
  return groups.map((fields) => Buffer.concat([rest, ...fields]));
}

/** As many in a row as fit together. */
function packed(pieces: readonly Uint8Array[], room: number): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let current: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (bytes + piece.length > room && current.length > 0) {
      groups.push(current);
      current = [];
      bytes = 0;
    }
    current.push(piece);
    bytes += piece.length;
  }
  return [...groups, current];
}

/** The field as it is when it fits, else as several of the same number. */
function piecesOf(field: MessageField, deeper: MessagePath, room: number): Uint8Array[] {
  if (field.whole.length <= room) return [field.whole];
  if (deeper.length === 0) throw tooLarge(field.whole.length, room);
  const head = fieldHead(field, field.value.length).length;
  return splitMessage(field.value, deeper, room - head).map((value) =>
    Buffer.concat([fieldHead(field, value.length), value]),
  );
}

function tooLarge(got: number, want: number): AppError {
  return new AppError("too_large", `cannot take the request: a single record has ${got} bytes, want at most ${want}`);
}
